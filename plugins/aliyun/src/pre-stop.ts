/** How long the layers of a function may take to close, in seconds: the platform takes up to 90. */
export const PRE_STOP_SEC = 10
