/** The usual code for a client that closed the connection before the response. */
export const callerLeft = 499;
