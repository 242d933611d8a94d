/** The version of this package, as it appears in `User-Agent` and `mp --version`. */
export const version = "0.1.0"
