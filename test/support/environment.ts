/**
 * Sets variables of this process, and returns what puts them back. `process.env` itself stays: what replaces it is seen by nobody
 * but JavaScript, and `os.homedir()` asks further down.
 */
export function setVariables(values: Readonly<Record<string, string | undefined>>): () => void {
  const before = Object.fromEntries(Object.keys(values).map(name => [name, process.env[name]]))
  const set = (all: Readonly<Record<string, string | undefined>>): void => {
    for (const [name, value] of Object.entries(all)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name)
      else process.env[name] = value
    }
  }

  set(values)
  return () => set(before)
}
