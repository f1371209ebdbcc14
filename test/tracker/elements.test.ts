import { describe, expect, it } from 'vitest';
import { expectEvents, expectSoon, setStage, settled } from './stage.js';

const stage = setStage();

describe('clicks', () => {
  it('on elements with data-coterie-event are told, with the properties that their attributes say', async () => {
    stage.write(
      '',
      `<button data-coterie-event="Demo Requested" data-coterie-plan-name="pro" data-coterie-seats="5"
               data-coterie-annual="true" data-coterie-code="007" data-coterie-id="12345678901234567890"
               data-testid="x"><b>Request</b></button>
       <button>Other</button>`,
    );
    const page = await stage.visit('/pricing');
    await page.getByText('Request').click();
    await page.getByText('Other').click();
    await settled(page);
    const [, click] = await expectEvents(stage, ['page_viewed', 'Demo Requested']);
    expect(click).toMatchObject({
      target: '/pricing',
      properties: {
        plan_name: 'pro',
        seats: 5,
        annual: true,
        code: '007',
        id: '12345678901234567890',
        path: '/pricing',
      },
    });
    expect(Object.keys(click!.properties)).not.toContain('testid');
  });

  it('are told where the page stops them, and inside of components', async () => {
    stage.write(
      '',
      `<div onclick="event.stopPropagation()"><button data-coterie-event="Stopped">stopped</button></div>
       <my-card></my-card>
       <script>
         customElements.define('my-card', class extends HTMLElement {
           connectedCallback() {
             this.attachShadow({ mode: 'open' }).innerHTML =
               '<button data-coterie-event="Shadowed"><i>shadowed</i></button>';
           }
         });
         document.querySelector('button').addEventListener('click', (event) => event.stopImmediatePropagation());
       </script>`,
    );
    const page = await stage.visit('/');
    await page.getByText('stopped').click();
    await page.getByText('shadowed').click();
    await settled(page);
    await expectEvents(stage, ['page_viewed', 'Stopped', 'Shadowed']);
  });

  it('are not told below data-coterie-ignore, nor when the page says so', async () => {
    const body = '<p data-coterie-ignore><button data-coterie-event="Ignored">ignored</button></p>';
    stage.write('', body);
    const page = await stage.visit('/');
    await page.getByText('ignored').click();
    await settled(page);
    stage.write('data-clicks="false"', body.replace('data-coterie-ignore', ''));
    const silent = await stage.visit('/silent');
    await silent.getByText('ignored').click();
    await settled(silent);
    await expectEvents(stage, ['page_viewed', 'page_viewed']);
  });

  it('on a link are told before the page is left', async () => {
    const elsewhere = `${stage.gateway.url}/healthz`;
    stage.write('', `<a href="${elsewhere}" data-coterie-event="Left" data-coterie-to="other">go</a>`);
    const page = await stage.visit('/');
    await settled(page);
    await page.getByText('go').click();
    await page.waitForURL(elsewhere);
    const [, left] = await expectEvents(stage, ['page_viewed', 'Left']);
    expect(left!.properties).toMatchObject({ to: 'other' });
  });
});

/** A form with every kind of field, filled in; what must never be told says so. */
const fields = `
  <input name="email" type="email" value="dana@example.com" data-coterie-trait="email">
  <input name="first" value="Dana" data-coterie-trait="firstName" data-coterie-value>
  <input name="phone" type="tel" value="+43 664 1234 56789" data-coterie-value>
  <input name="size" value="50" data-coterie-value="company_size">
  <input name="note" value="NEVER-note">
  <input name="newsletter" type="checkbox" value="yes" checked data-coterie-value>
  <input name="terms" type="checkbox" value="NEVER-unchecked" data-coterie-value>
  <input name="plan" type="radio" value="NEVER-free" data-coterie-value>
  <input name="plan" type="radio" value="pro" checked data-coterie-value>
  <select name="country" data-coterie-value><option>AT<option selected>DE</select>
  <textarea name="message" data-coterie-value>Hello</textarea>
  <input value="NEVER-nameless" data-coterie-value>
  <input name="csrf" type="hidden" value="NEVER-hidden" data-coterie-value>
  <input name="secret1" type="password" value="NEVER-password" data-coterie-value>
  <input name="userPassword" type="text" value="NEVER-shown" data-coterie-value>
  <input name="pin" autocomplete="one-time-code" value="NEVER-code" data-coterie-value>
  <input name="number" autocomplete="billing cc-number" value="NEVER-card" data-coterie-value>
  <input name="cardNumber" value="NEVER-card" data-coterie-value>
  <input name="cvc" value="NEVER-cvc" data-coterie-value>
  <input name="free" value="4111 1111 1111 1111" data-coterie-value>
  <textarea name="text" data-coterie-value>take 5500-0000-0000-0004 please</textarea>
  <input name="upload" type="file" data-coterie-value>
  <button name="go">Send</button>`;

describe('forms', () => {
  it('are told when they are submitted: names of fields, and values only where an attribute allows it', async () => {
    stage.write(
      '',
      `<form name="demo" action="/thanks?token=NEVER-token" onsubmit="event.preventDefault()"
             data-coterie-campaign="autumn">${fields}</form>`,
    );
    const page = await stage.visit('/demo');
    await page.getByText('Send').click();
    await settled(page);
    const [, submit] = await expectEvents(stage, ['page_viewed', 'form_submitted']);
    expect(submit).toMatchObject({ target: 'demo' });
    expect(submit!.properties).toEqual({
      form: 'demo',
      fields: [
        'email',
        'first',
        'phone',
        'size',
        'note',
        'newsletter',
        'terms',
        'plan',
        'country',
        'message',
      ],
      first: 'Dana',
      phone: '+43 664 1234 56789',
      company_size: '50',
      newsletter: 'yes',
      plan: 'pro',
      country: 'DE',
      message: 'Hello',
      campaign: 'autumn',
      path: '/demo',
      title: 'Shop',
    });
    const sent = JSON.stringify(stage.gateway.messages());
    for (const secret of ['NEVER', '4111', '5500']) expect(sent).not.toContain(secret);
  });

  it('make a contact of the visitor where a field says which trait it holds', async () => {
    stage.write('', `<form onsubmit="event.preventDefault()">${fields}</form>`);
    const page = await stage.visit('/');
    await page.getByText('Send').click();
    await settled(page);
    const { rows } = await stage.app.database.owner.query(
      `select text from contact_attributes where workspace_id = $1 and key in ('email', 'first_name') order by key`,
      [stage.workspace.id],
    );
    expect(rows).toEqual([{ text: 'dana@example.com' }, { text: 'Dana' }]);
    const events = await expectEvents(stage, ['page_viewed', 'form_submitted']);
    expect(new Set(events.map(({ contactId }) => contactId)).size).toBe(1);
  });

  it('may have a name of their own, and are told although the page is left at once', async () => {
    stage.write(
      '',
      '<form id="in" action="/thanks" data-coterie-event="Signed Up"><input name="id"><button>Go</button></form>',
    );
    const page = await stage.visit('/signup');
    await settled(page);
    await page.getByText('Go').click();
    await page.waitForURL('**/thanks*');
    // Two pages tell of them, and what is slower on its way counts as later: the order is not certain.
    await expectSoon(async () => (await stage.events()).map(({ name }) => name).toSorted()).toEqual(
      ['Signed Up', 'page_viewed', 'page_viewed'].toSorted(),
    );
    const submit = (await stage.events()).find(({ name }) => name === 'Signed Up');
    expect(submit).toMatchObject({ target: 'in', properties: { form: 'in', fields: ['id'] } });
  });

  it('are not told below data-coterie-ignore, when they do not pass, nor when the page says so', async () => {
    const form =
      '<form onsubmit="event.preventDefault()"><input name="a" class="x"><button>Go</button></form>';
    stage.write('', `<div data-coterie-ignore>${form}</div>`);
    const ignored = await stage.visit('/ignored');
    await ignored.getByText('Go').click();
    await settled(ignored);
    stage.write('', form.replace('class="x"', 'required'));
    const invalid = await stage.visit('/invalid');
    await invalid.getByText('Go').click();
    await settled(invalid);
    stage.write('data-forms="false"', form);
    const silent = await stage.visit('/silent');
    await silent.getByText('Go').click();
    await settled(silent);
    await expectEvents(stage, ['page_viewed', 'page_viewed', 'page_viewed']);
  });
});
