/** Whether the browser says that its user does not want to be followed: Global Privacy Control or Do-Not-Track. */
export function objects(browser: { doNotTrack?: string | null; globalPrivacyControl?: boolean }): boolean {
  return browser.globalPrivacyControl === true || browser.doNotTrack === '1';
}
