/** A value that is made when it is first asked for, so that a program pays only for the schemas that it uses. */
export const lazy = <A>(make: () => A): (() => A) => {
  let made: { readonly value: A } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
