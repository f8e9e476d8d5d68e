/** How oclif tells of a plugin that it cannot load: as a warning of Node, with details in lines of their own. */
export interface PluginWarning {
  readonly name: string
  readonly message: string
  readonly detail?: unknown
}

/** Prints in one line what oclif has to say of plugins. All other warnings are left to Node. */
export function plainWarnings(stderr: NodeJS.WritableStream): void {
  const usual = process.listeners('warning')
  process.removeAllListeners('warning')
  process.on('warning', warning => {
    const line = plainWarning(warning)
    if (line === null) for (const listener of usual) listener(warning)
    else stderr.write(`warning: ${line}\n`)
  })
}

/** The line, or null for what has nothing to do with plugins. */
export function plainWarning({name, message, detail}: PluginWarning): string | null {
  const details = typeof detail === 'string' ? detail : ''
  const plugin = /^plugin: (.+)$/m.exec(details)?.[1]
  // One of its commands: their own plugin is named, and the message is among the details.
  const reason = /^message: (.+)$/m.exec(details)?.[1]
  if (plugin !== undefined && reason !== undefined) return `the plugin ${plugin} cannot be loaded: ${reason}${MEND}`
  // The plugin as a whole: what is named is Crabbox, and the plugin is part of the message.
  const missing = /^(.*?) with \{\s*name: '([^']+)'/.exec(message)
  if (plugin !== undefined && missing !== null) return `the plugin ${missing[2]} cannot be loaded: ${missing[1]}${MEND}`
  if (plugin !== undefined) return `a plugin cannot be loaded: ${message.split('\n', 1)[0]}${MEND}`
  // What else is read as JSON at the start is oclif's.
  if (name === 'SyntaxError')
    return `the list of plugins, package.json in the data directory, cannot be read: ${message}`
  return null
}

const MEND = '; update it, or crabbox plugins uninstall'
