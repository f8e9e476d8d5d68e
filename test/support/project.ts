import {fileURLToPath} from 'node:url'

/** The absolute path of the checkout. Compiled tests live in `.test/test/<dir>`, three levels below it. */
export const projectRoot = fileURLToPath(new URL('../../../', import.meta.url))
