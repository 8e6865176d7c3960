/** Takes out of a report what says who somebody is or lets somebody in. */
export function redacted(text: string): string {
  return text
    .replace(/[\w.+-]+@[\w-]+(\.[\w-]+)*/g, '(e-mail)')
    .replace(/\b(pk-postern|sk|at)-[\w-]{6,}/g, '(key)')
    .replace(/\beyJ[\w-]+(\.[\w-]+)*/g, '(token)')
    .replace(/(\/home\/|\/Users\/|\\Users\\)[^/\\\s]+/g, '$1(name)');
}
