import {createRequire} from 'node:module'

const require = createRequire(import.meta.url)

/**
 * The source of a CommonJS module that stands for `id`, as the package `by` would get it: it has the same exports, and what is behind them is
 * found when one is first used.
 */
export function lazyModule(id, by) {
  const manifest = `${by}/package.json`
  const exported = createRequire(require.resolve(manifest))(id)
  const load = id.startsWith('node:') ? `require(${JSON.stringify(id)})` : `fromThere(${JSON.stringify(id)})`
  return `
    const fromThere = id => require('node:module').createRequire(require.resolve(${JSON.stringify(manifest)}))(id)
    let loaded
    const load = () => (loaded ??= ${load})
    module.exports = ${typeof exported === 'function' ? '(...args) => load()(...args)' : '{}'}
    for (const name of ${JSON.stringify(Object.keys(exported))})
      Object.defineProperty(module.exports, name, {enumerable: true, get: () => load()[name]})
    Object.defineProperty(module.exports, '__esModule', {value: ${exported.__esModule === true}})`
}
