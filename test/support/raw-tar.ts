/** What a header block says. A size as text or bytes is written as it is. */
export interface RawHeader {
  readonly name: string
  readonly type?: string
  readonly size?: number | string | Buffer
  readonly link?: string
}

/** One header block with a right checksum, however wrong the rest. */
export function headerBlock({name, type = '0', size = 0, link = ''}: RawHeader): Buffer {
  const block = Buffer.alloc(512)
  block.write(name, 0, 100, 'latin1')
  block.write('0000644\0' + '0000000\0' + '0000000\0', 100, 'latin1')
  if (Buffer.isBuffer(size)) size.copy(block, 124)
  else block.write(typeof size === 'string' ? size : size.toString(8).padStart(11, '0'), 124, 12, 'latin1')
  block.write('00000000000\0', 136, 'latin1')
  block.write(type, 156, 1, 'latin1')
  block.write(link, 157, 100, 'latin1')
  block.write('ustar\x0000', 257, 'latin1')
  block.fill(' ', 148, 156)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

/** An extended header: records as `key=value`, or its body as it is. */
export function paxBlocks(records: readonly string[] | string): Buffer {
  const body = Buffer.from(typeof records === 'string' ? records : records.map(paxRecord).join(''), 'latin1')
  return Buffer.concat([headerBlock({name: 'pax', type: 'x', size: body.length}), padded(body)])
}

/** Blocks and the end mark. */
export const tarOf = (...blocks: readonly Buffer[]): Buffer => Buffer.concat([...blocks, Buffer.alloc(1024)])

export const padded = (body: Buffer): Buffer => Buffer.concat([body, Buffer.alloc((512 - (body.length % 512)) % 512)])

/** A record begins with its own length, which counts itself. */
function paxRecord(record: string): string {
  const rest = ` ${record}\n`
  let length = rest.length
  while (`${length}${rest}`.length !== length) length = `${length}${rest}`.length
  return `${length}${rest}`
}
