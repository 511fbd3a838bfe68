/** Numbers that a platform takes. */
export interface Range {
  readonly min: number
  readonly max: number
  readonly step?: number
  /** Single values outside the steps. */
  readonly also?: readonly number[]
}

/** The nearest number that a range holds, not below the given one; undefined above the last. */
export function fitRange(value: number, { min, max, step = 0, also = [] }: Range): number | undefined {
  if (also.includes(value)) return value
  const candidates = also.filter((other) => other > value)
  if (value <= max) candidates.push(value <= min ? min : step === 0 ? value : roundUp(value, step))
  return candidates.length === 0 ? undefined : Math.min(...candidates)
}

/** The range in words: `128 to 3072 in steps of 128, or 64`. */
export function describeRange({ min, max, step, also = [] }: Range): string {
  const steps = step === undefined || step === 1 ? '' : ` in steps of ${step}`
  const others = also.length === 0 ? '' : `, or ${also.join(' or ')}`
  return `${min === max ? min : `${min} to ${max}`}${steps}${others}`
}

// Steps such as 0.05 are no binary numbers.
function roundUp(value: number, step: number): number {
  const steps = Math.ceil(Number((value / step).toFixed(6)))
  return Number((steps * step).toFixed(6))
}
