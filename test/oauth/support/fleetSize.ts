/** How much of the promise about fleets is played: CI plays the smaller size, `MP_TEST_FLEET=all` plays all of it. */
export const fleetSize = <A>(smaller: A, all: A): A => (process.env["MP_TEST_FLEET"] === "all" ? all : smaller)
