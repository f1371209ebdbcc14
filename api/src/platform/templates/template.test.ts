import { describe, expect, it } from 'vitest';
import { compileTemplate, render, TemplateFault, variablesOf, type MessageTemplate } from './template.js';

const template = (parts: Partial<MessageTemplate>): MessageTemplate => ({
  subject: '',
  html: null,
  text: '',
  ...parts,
});
const text = (source: string, data: object = {}): string => render(template({ text: source }), data).text;
const html = (source: string, data: object = {}): string =>
  render(template({ html: source }), data).html ?? '';

function faultOf(parts: Partial<MessageTemplate>, data: object = {}): TemplateFault {
  try {
    render(template(parts), data);
  } catch (error) {
    if (error instanceof TemplateFault) return error;
    throw error;
  }
  throw new Error('The template was taken.');
}

describe('a template', () => {
  it('is filled in with the values of one person, and with what stands for those that are missing', () => {
    const hello = compileTemplate({
      subject: 'For {{ contact.first_name | default: "you" }}',
      html: '<p>Hello {{ contact.first_name | default: "there" }}</p>',
      text: 'Hello {{ contact.first_name | default: "there" }}, of {{ workspace.name }}',
    });
    expect(hello.render({ contact: { first_name: 'Ada' }, workspace: { name: 'Acme' } })).toEqual({
      subject: 'For Ada',
      html: '<p>Hello Ada</p>',
      text: 'Hello Ada, of Acme',
    });
    expect(hello.render({ contact: {}, workspace: { name: 'Acme' } })).toEqual({
      subject: 'For you',
      html: '<p>Hello there</p>',
      text: 'Hello there, of Acme',
    });
  });

  it('says what it asks for', () => {
    const asking = template({
      subject: '{{ contact.first_name }}',
      html: '{% assign name = contact.last_name %}{{ name }}{% if contact.vip %}{{ unsubscribe_url }}{% endif %}',
      text: '{{ contact.first_name }}{% for tag in contact.tags %}{{ tag }}{% endfor %}',
    });
    expect(variablesOf(asking)).toEqual([
      'contact.first_name',
      'contact.last_name',
      'contact.tags',
      'contact.vip',
      'unsubscribe_url',
    ]);
  });

  it('takes no value for HTML, in text and in attributes', () => {
    const name = `"><script>alert('x')</script>&`;
    const escaped = '&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;';
    expect(html('<a title="{{ contact.name }}">{{ contact.name }}</a>', { contact: { name } })).toBe(
      `<a title="${escaped}">${escaped}</a>`,
    );
    expect(html('{% assign n = contact.name %}{{ n | upcase }}', { contact: { name: '<b>' } })).toBe(
      '&lt;B&gt;',
    );
    expect(faultOf({ html: '{{ contact.name | raw }}' }).reason).toContain('raw');
    expect(text('{{ contact.name }}', { contact: { name } })).toBe(name);
  });

  it('keeps the subject in one line', () => {
    const subject = 'Hello {{ contact.name }}';
    const name = 'Ada\r\nBcc: everybody@example.com';
    expect(render(template({ subject }), { contact: { name } }).subject).toBe(
      'Hello Ada Bcc: everybody@example.com',
    );
  });

  it('makes a plain-text version of HTML that comes without one, and leaves styles as they are', () => {
    const styled =
      '<style>p > a { color: red }</style><h1>News</h1><p>Read <a href="https://acme.example/a">the report</a>.</p>';
    const message = render({ subject: 'x', html: styled, text: null }, {});
    expect(message.html).toBe(styled);
    expect(message.text).toBe('News\n\nRead the report <https://acme.example/a>.');
  });

  it('writes dates in the time zone of the workspace', () => {
    const source = template({ text: '{{ contact.since | date: "%Y-%m-%d %H:%M" }}' });
    const data = { contact: { since: new Date('2026-06-30T22:30:00Z') } };
    expect(render(source, data, { timeZone: 'Europe/Berlin' }).text).toBe('2026-07-01 00:30');
    expect(render(source, data).text).toBe('2026-06-30 22:30');
  });
});

describe('a template that cannot be read', () => {
  it('says in which part, line and column', () => {
    expect(faultOf({ html: '<p>\n  {% if contact.vip %}\n</p>' })).toMatchObject({
      part: 'html',
      place: { line: 2, column: 3 },
      message: expect.stringMatching(/^html, line 2, column 3: tag .* not closed$/),
    });
    expect(faultOf({ subject: 'a {{ contact.name | shout }}' })).toMatchObject({
      part: 'subject',
      place: { line: 1 },
      reason: 'undefined filter: shout',
    });
    expect(faultOf({ text: 'one\ntwo {{ contact.name' })).toMatchObject({
      part: 'text',
      place: { line: 2, column: 5 },
    });
  });
});

describe('what a template may not do', () => {
  it.each(['include', 'render', 'layout'])('read a file with %s', (tag) => {
    expect(faultOf({ text: `{% ${tag} "/etc/passwd" %}` }).reason).toBe(`tag "${tag}" not found`);
  });

  it('reach what data inherit, or the program behind them', () => {
    class Person {
      get secret(): string {
        return 'canary';
      }
    }
    const data = { contact: new Person(), list: [1] };
    for (const path of [
      'contact.secret',
      'contact.constructor.name',
      'contact.__proto__.secret',
      'list.constructor',
      'contact["constructor"]["prototype"]',
      'process.env.PATH',
      'globalThis',
    ])
      expect(text(`[{{ ${path} }}]`, data), path).toBe('[]');
  });

  it('run without end, or fill the memory', () => {
    const began = Date.now();
    expect(faultOf({ text: '{% for a in (1..99999999) %}{% endfor %}' }).reason).toContain('limit');
    expect(
      faultOf({ text: '{% for a in (1..9999) %}{% for b in (1..9999) %}x{% endfor %}{% endfor %}' }).reason,
    ).toContain('limit');
    const doubling = `{% assign s = "xxxxxxxxxx" %}${'{% assign s = s | append: s %}'.repeat(40)}{{ s }}`;
    expect(faultOf({ text: doubling }).reason).toContain('limit');
    expect(faultOf({ text: 'x'.repeat(400_000) }).reason).toContain('limit');
    expect(Date.now() - began).toBeLessThan(5000);
  });
});
