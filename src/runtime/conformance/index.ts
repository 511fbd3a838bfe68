export * from './cases/case.ts'
export * from './suite.ts'
