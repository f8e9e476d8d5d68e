import {valuesOf, type Answer, type Candidate, type Place} from '../candidate.js'
import type {ValueShape} from '../shape.js'

/** The word in help for a command's name, which is completed without any of the files below. */
export const COMMAND = 'COMMAND'

/** All values of a kind. `typed` is what is there of the word: some sources offer more when it asks for it. */
export type Source = (typed: string, place: Place) => Promise<readonly Candidate[]>

/**
 * What can be a value, by the word that stands for it in help: the `helpValue` of a flag and the name of an argument. Each source is
 * loaded when it is asked.
 */
const SOURCES: Readonly<Record<string, Source>> = {
  LEASE: async (typed, place) => (await import('./leases.js')).leases(typed, place),
  CHECKPOINT: async (typed, place) => (await import('./checkpoints.js')).checkpoints(typed, place),
  'CHECKPOINT-NAME': async (_, place) => (await import('./checkpoints.js')).checkpointNames(place),
  REPOSITORY: async (_, place) => (await import('./checkpoints.js')).repositories(place),
  'KEY=VALUE': async (_, place) => (await import('./checkpoints.js')).labels(place),
  IMAGE: async (typed, place) => (await import('./images.js')).images(typed, place),
  PROVIDER: async (_, place) => (await import('./providers.js')).providers(place),
  HOST: async (typed, place) => (await import('./hosts.js')).hosts(typed, place),
  PLUGIN: async (_, place) => (await import('./plugins.js')).pluginNames(place),
  VARIABLE: async (_, {env}) => Object.keys(env).map(value => ({value, description: ''})),
}

/** What the value of a flag, or an argument, may be. `kept` is what stands before it in its word. */
export async function answerValue(
  {kind, options}: ValueShape,
  typed: string,
  kept: string,
  place: Place,
): Promise<Answer> {
  if (options !== null)
    return valuesOf(
      options.map(value => ({value, description: ''})),
      kept,
    )
  if (kind === 'FILE' || kind === 'PATH') return {kind: 'files', kept}
  if (kind === 'DIRECTORY') return {kind: 'directories', kept}
  const source = Object.hasOwn(SOURCES, kind) ? SOURCES[kind] : undefined
  return valuesOf(source === undefined ? [] : await source(typed, place), kept)
}
