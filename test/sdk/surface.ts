import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

import ts from 'typescript'

/** The declarations that are published. */
const DIST = fileURLToPath(new URL('../../../dist', import.meta.url))

/** What one entry point exports: names with what they are, and those of which nothing is said in a doc comment. */
export interface Surface {
  readonly exports: Readonly<Record<string, string>>
  readonly undocumented: readonly string[]
}

/** Reads the declarations that are published for an entry point, such as `index` or `testing/index`. */
export function surfaceOf(entry: string): Surface {
  const file = join(DIST, `${entry}.d.ts`)
  const program = ts.createProgram([file], {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    strict: true,
  })
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(file)
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source)
  if (module === undefined) throw new Error(`${file} declares nothing`)
  const symbols = checker
    .getExportsOfModule(module)
    .map(symbol => ({
      name: symbol.name,
      symbol: symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  return {
    exports: Object.fromEntries(symbols.map(({name, symbol}) => [name, kindOf(symbol)])),
    undocumented: symbols.flatMap(({name, symbol}) => undocumented(symbol, name, checker)),
  }
}

function kindOf({flags}: ts.Symbol): string {
  if (flags & ts.SymbolFlags.Class) return 'class'
  if (flags & ts.SymbolFlags.Function) return 'function'
  if (flags & ts.SymbolFlags.Variable) return 'value'
  return 'type'
}

/** The symbol and those of its operations that have no comment. Data may be named well enough to need none. */
function undocumented(symbol: ts.Symbol, name: string, checker: ts.TypeChecker): string[] {
  const own = symbol.declarations?.some(one => one.getSourceFile().fileName.startsWith(DIST)) ?? false
  if (!own) return []
  const members = symbol.flags & ts.SymbolFlags.Interface ? checker.getDeclaredTypeOfSymbol(symbol).getProperties() : []
  const operations = members.filter(member => isOperation(checker.getTypeOfSymbol(member)))
  return [symbol, ...operations]
    .filter(one => one.getDocumentationComment(checker).length + one.getJsDocTags(checker).length === 0)
    .map(one => (one === symbol ? name : `${name}.${one.name}`))
}

const isOperation = (type: ts.Type): boolean => type.getNonNullableType().getCallSignatures().length > 0
