/** `with { type: 'text' }`, as the bundler understands it. */
declare module '*.yaml' {
  const text: string;
  export default text;
}
