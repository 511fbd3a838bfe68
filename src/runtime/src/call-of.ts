/** Leads from what a handler gets to its call, which handlers never see. */
export const callOf = Symbol('call')
