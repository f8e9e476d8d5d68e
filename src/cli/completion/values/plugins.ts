import type {Candidate, Place} from '../candidate.js'
import {addedPlugins} from '../plugins.js'

/** Plugins that the user has added. */
export const pluginNames = ({env}: Place): readonly Candidate[] =>
  addedPlugins(env).map(({name}) => ({value: name, description: ''}))
