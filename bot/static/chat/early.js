/* Before the first paint: the reader's own theme and type size, so that nothing flashes. */
try {
  for (const name of ["theme", "type"]) {
    const value = localStorage.getItem(`msb-${name}`);
    if (value) document.documentElement.dataset[name] = value;
  }
} catch {
  /* Storage is closed: the system's theme and the usual size. */
}
