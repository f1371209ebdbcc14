import { describe, expect, it } from 'vitest';
import { companyDomainOf } from './company-domain.js';

describe('the domain of the company behind an address', () => {
  it.each([
    ['ada@acme.com', 'acme.com', 'acme.com'],
    ['ada@mail.eu.acme.co.uk', 'mail.eu.acme.co.uk', 'acme.co.uk'],
    ['"odd@local"@acme.at', 'acme.at', 'acme.at'],
    ['ada@shop.github.io', 'shop.github.io', 'shop.github.io'],
    ['ada@bücher.de', 'bücher.de', 'bücher.de'],
    // Many work at who makes the free mail.
    ['ada@google.com', 'google.com', 'google.com'],
  ])('of %s is %s, registered as %s', (email, host, registrable) => {
    expect(companyDomainOf(email)).toEqual({ host, registrable });
  });

  it.each([
    ['free mail', ['gmail.com', 'gmx.ch', 'yahoo.co.uk', 'posteo.de', 'web.de', 'qq.com', 'mail.ru']],
    ['an access provider', ['t-online.de', 'comcast.net', 'orange.fr', 'aon.at']],
    ['a relay', ['privaterelay.appleid.com', 'duck.com', 'mozmail.com', 'simplelogin.com']],
    ['disposable', ['mailinator.com', 'yopmail.com', 'inbox.mailinator.com', '10minutemail.com']],
    ['a suffix, and nobody’s', ['co.uk', 'github.io', 'com']],
    ['not to be registered', ['acme.test', 'server.local', 'acme.invalid', '[192.0.2.1]', '192.0.2.1']],
    ['an example', ['example.com', 'mail.example.com']],
  ])('is none where it is %s', (_, domains) => {
    expect(domains.map((domain) => companyDomainOf(`ada@${domain}`))).toEqual(domains.map(() => undefined));
  });
});
