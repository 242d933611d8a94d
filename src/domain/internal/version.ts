/**
 * The version of this package, as it appears in `User-Agent` and `mp --version`.
 * @since 0.1.0
 * @category utilities
 */
export const version = "0.1.0"
