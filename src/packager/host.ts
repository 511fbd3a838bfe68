/** The bundle that hosts a whole web application inside an artifact. */
export const HOST = new URL('../../dist/web/host.cjs', import.meta.url)
