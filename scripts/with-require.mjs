/**
 * A bundle in which import() of Node's own modules, of esbuild and of other bundles is require(): import() would start the
 * loader of ES modules, which costs more than the file, and kept compiled code has none on Node 20 (bin/load.js).
 * @param {string} text
 * @returns {string}
 */
export function withRequire(text) {
  return text.replace(
    /\bimport\("(node:[^"]+|esbuild|\.\.?\/[^"]+\.cjs)"\)/g,
    'Promise.resolve().then(()=>require("$1"))',
  )
}
