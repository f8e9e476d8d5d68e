/**
 * The version of the contract between Crabbox and providers. It is raised when providers that were written for the one before
 * would not work any more, or could not be served.
 */
export const CONTRACT = 1
