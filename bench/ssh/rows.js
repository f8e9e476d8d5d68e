import {row} from '../report.js'

/** What is compared, and the most that it should be. */
const RATIOS = [
  ['run true', 'ssh true', 'run -- true / ssh true', 1.25],
  ['create', 'tar | zstd', 'first create / ssh tar | zstd -1 -T0', 1.5],
  [
    'create',
    'stored and hashed',
    'first create / the same, and what is stored unpacked and hashed by zstd and openssl',
    1,
  ],
  ['create', 'tar -czf', 'first create / ssh tar -czf -', 0.2],
  ['create after an edit', 'rsync, nothing to do', 'create after a one-file edit / rsync with nothing to do', 2],
  ['fork', 'zstd -d | tar x', 'fork / ssh zstd -d | tar x', 1.5],
  ['full restore', 'zstd -d | tar x', 'restore into an empty workdir / ssh zstd -d | tar x', 1.5],
  ['fork', 'unpacked and hashed', 'fork / the same, and what was unpacked hashed by openssl', 1],
  ['restore after an edit', 'rsync after an edit', 'restore after a one-file edit / rsync', 2],
  ['create of new files', 'create', 'create after every file was made anew with the same content / first create', 1],
  ['8 forks', 'fork', '8 forks / one fork', 2.5],
  ['8 forks', 'one unpacked, seven copied', '8 forks / one ssh zstd -d | tar x, and seven cp -a of it at once', 1],
]

/** The rows of several rounds over one kind of link. */
export function sshRows(samples, link) {
  const of = name => samples.map(sample => sample[name])
  const ratios = RATIOS.filter(([ours, theirs]) => samples.every(sample => ours in sample && theirs in sample)).map(
    ([ours, theirs, what, target]) =>
      row({
        name: `ssh ${ours} / ${theirs}, ${link}`,
        what: `${link}: ${what}`,
        unit: 'seconds',
        ours: of(ours),
        theirs: of(theirs),
        target,
      }),
  )
  const stored = row({
    name: `ssh bytes, ${link}`,
    what: `${link}: bytes stored after an edit / by the first create`,
    unit: 'bytes',
    ours: of('secondBytes'),
    theirs: of('firstBytes'),
    target: 0.01,
  })
  return [...ratios, stored]
}

/** Over a slow link it shows what is not sent. */
export const slowRow = samples =>
  row({
    name: 'ssh incremental, 100 Mbit/s',
    what: '100 Mbit/s, 20 ms: create after an edit / first create',
    unit: 'seconds',
    ours: samples.map(sample => sample['create after an edit']),
    theirs: samples.map(sample => sample.create),
    target: 0.05,
  })
