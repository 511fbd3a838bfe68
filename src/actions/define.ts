import type { ServiceFile } from '../config/input.gen.ts'

/** Types a service file that is a program: `export default defineService({ service: 'app', … })`. */
export function defineService(service: ServiceFile): ServiceFile {
  return service
}
