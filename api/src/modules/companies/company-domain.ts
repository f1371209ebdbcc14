import { disposableEmailBlocklistSet } from 'disposable-email-domains-js';
import mailProviders from 'email-providers/all.json' with { type: 'json' };
import { parse } from 'tldts';

/** Whose address it is, as far as companies go. */
export interface EmailDomain {
  /** As it stands in the address, folded: `mail.acme.co.uk`. */
  host: string;
  /** What its owner has registered: `acme.co.uk`. */
  registrable: string;
}

/**
 * The domain of the company that somebody with this address works at; undefined when the address says nothing of it:
 * a free-mail, relay or disposable address, an IP address, or a name that nobody can register, such as one below `.test`.
 * @param email normalised as in contact_identities.
 */
export function companyDomainOf(email: string): EmailDomain | undefined {
  const host = email.slice(email.lastIndexOf('@') + 1);
  // Below the private suffixes (github.io, blogspot.com …) each label is another owner's.
  const { domain, domainWithoutSuffix, isIcann, isPrivate } = parse(host, { allowPrivateDomains: true });
  if (!domain || !(isIcann || isPrivate)) return undefined;
  if (families.has(domainWithoutSuffix ?? '')) return undefined;
  if ([host, domain].some((name) => everybodys.has(name) || disposable.has(name))) return undefined;
  return { host, registrable: domain };
}

const disposable = disposableEmailBlocklistSet();

/** Providers whose domains are free mail under whatever suffix; the list has some of their countries only. */
const families = new Set(
  words(`aol fastmail gmail gmx googlemail hotmail live msn outlook posteo proton protonmail rediffmail rocketmail
    tuta tutanota yahoo yandex ymail zohomail`),
);

/** Free mail, access providers' mail and relays, with those that the list lacks. */
const everybodys = new Set([
  ...mailProviders,
  ...words(`addy.io anonaddy.com anonaddy.me duck.com mozmail.com passinbox.com passmail.net simplelogin.co
    simplelogin.com disroot.org mailfence.com riseup.net startmail.com a1.net aon.at chello.at inode.at kabsi.at
    speed.at utanet.at magenta.de mail.de vodafonemail.de hispeed.ch mail.ch atlas.cz mail.dk mail.fr inbox.lt mail.bg
    mail.lv upc.nl xs4all.nl ziggo.nl chello.no tiscali.no interia.eu onet.com.pl onet.eu 139.com 189.cn sohu.com
    sbcglobal.com`),
]);

function words(text: string): string[] {
  return text.split(/\s+/);
}
