import {missingParameter} from './ec2-error.js'

/** The parameters of a call: flat names such as `Filter.1.Value.2`, read as the tree that they stand for. */
export class Params {
  constructor(
    readonly flat: Readonly<Record<string, string>>,
    private readonly prefix = '',
  ) {}

  text(name: string): string | undefined {
    return this.flat[this.prefix + name]
  }

  required(name: string): string {
    const value = this.text(name)
    if (value === undefined || value === '') throw missingParameter(this.prefix + name)
    return value
  }

  number(name: string): number | undefined {
    const value = this.text(name)
    return value === undefined ? undefined : Number(value)
  }

  flag(name: string): boolean {
    return this.text(name) === 'true'
  }

  /** The values `name.1`, `name.2` and so on. */
  texts(name: string): string[] {
    return this.indices(name).flatMap(index => this.text(`${name}.${index}`) ?? [])
  }

  /** The trees below `name.1`, `name.2` and so on. */
  groups(name: string): Params[] {
    return this.indices(name).map(index => this.group(`${name}.${index}`))
  }

  group(name: string): Params {
    return new Params(this.flat, `${this.prefix}${name}.`)
  }

  private indices(name: string): number[] {
    const start = `${this.prefix}${name}.`
    const names = Object.keys(this.flat).filter(key => key.startsWith(start))
    const indices = names.map(key => Number.parseInt(key.slice(start.length), 10))
    return [...new Set(indices)].filter(index => index > 0).sort((a, b) => a - b)
  }
}
