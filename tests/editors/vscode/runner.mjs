// Tests one after the other, each under its name. What was seen last is in the report of one that fails.
export class Runner {
  passed = 0;
  failed = 0;

  async test(name, body) {
    const begin = performance.now();
    try {
      await body();
      this.passed += 1;
      console.log(`ok      ${name} (${((performance.now() - begin) / 1000).toFixed(1)} s)`);
      return true;
    } catch (error) {
      this.failed += 1;
      console.log(`FAILED  ${name}\n${String(error?.stack ?? error).replace(/^/gm, '        ')}`);
      return false;
    }
  }

  end() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    return this.failed === 0 && this.passed > 0;
  }
}
