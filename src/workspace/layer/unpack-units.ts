import {randomBytes} from 'node:crypto'

import {nextOf} from './broken-off.js'
import {FRAME_BYTES} from './descriptor.js'
import {markReader, plainFrame} from './marked.js'
import {releasePiece} from './release.js'
import type {Unit} from './unit.js'
import {zstdProgram} from './zstd-program.js'

/** Long enough to be nowhere else. */
const MARK_BYTES = 16

/**
 * Stores units and gives out what is in them, unpacked by one program that is fed all of them. What is given out is stored.
 * @param units each but the last of as many raw bytes as a frame of a layer has
 * @throws {BrokenOff} for what `units` throws, once what came before is given out, and was found to be good
 * @throws {Error} what `store` and `take` throw, and where a unit is damaged or of another size: what is stored is not to be used then
 */
export async function unpackUnits(
  units: AsyncGenerator<Unit, void>,
  store: (unit: Unit) => Promise<void>,
  take: (raw: Buffer) => void,
): Promise<void> {
  const program = zstdProgram()
  const mark = randomBytes(MARK_BYTES)
  const markFrame = plainFrame(mark)
  let stopped = false
  let fed = 0
  const feed = async (): Promise<unknown> => {
    try {
      // It complains where nothing comes at all.
      await program.write(markFrame)
      for (let unit = await nextOf(units); unit !== undefined; unit = await nextOf(units)) {
        if (stopped) return null
        await store(unit)
        if (fed > 0) await program.write(markFrame)
        fed += 1
        for (const frame of unit) await program.write(frame)
      }

      return null
    } catch (error) {
      return error
    } finally {
      program.end()
    }
  }

  const feeding = feed()
  try {
    const reader = markReader(mark, FRAME_BYTES, take)
    for await (const chunk of program.raw) {
      reader.feed(chunk)
      releasePiece(chunk)
    }
    await program.done
    const failure = await feeding
    if (reader.seen() !== Math.max(1, fed)) throw new Error('a frame has the wrong size')
    if (failure !== null) throw failure as Error
  } finally {
    stopped = true
    program.kill()
  }
}
