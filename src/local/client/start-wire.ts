/** What a platform's process says to who started it, once. */
export type FromPlatform = { readonly kind: 'ready' } | { readonly kind: 'failed'; readonly message: string }
