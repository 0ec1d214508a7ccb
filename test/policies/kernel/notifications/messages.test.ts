import { describe, expect, it, test } from 'vitest';
import type { Notification } from '../../../../src/contracts/kernel/notifications.ts';
import { emailMessage } from '../../../../src/policies/kernel/notifications/email-message.ts';
import { pagerDutyMessage } from '../../../../src/policies/kernel/notifications/pagerduty-message.ts';
import { slackMessage } from '../../../../src/policies/kernel/notifications/slack-message.ts';
import { webhookMessage } from '../../../../src/policies/kernel/notifications/webhook-message.ts';
import type { Template } from '../../../../src/specs/kernel/notifications.ts';
import { failed } from './notification.ts';

interface SlackBody {
  text: string;
  blocks: [{ text: { text: string } }, { elements: [{ text: string }] }];
}

function slack(over: Partial<Notification> = {}, template: Template = {}) {
  const body = slackMessage(failed(over), template).body as unknown as SlackBody;
  return { body, shown: body.blocks[0].text.text, facts: body.blocks[1].elements[0].text };
}

/** A release whose name tries everything, and says it wherever something is said. */
function hostile(name: string): Partial<Notification> {
  return {
    version: name,
    title: `production/shop: ${name} failed`,
    text: name,
    reasons: [name],
    commands: [name],
    url: `https://temporal.example.com/?q=${name.replaceAll(' ', '/')}`,
  };
}

describe('in Slack', () => {
  it('a failed rollout is its title, what decided, and what to type', () => {
    expect(slack().shown).toBe(
      [
        '*production/shop: v3 failed and was undone: error-rate is 30 %*',
        'Everything was put back.',
        '',
        '• error-rate failed 3 measurements; last: 30 % is outside at most 1 %',
        '',
        '```\nbelay report production/shop\n```',
      ].join('\n'),
    );
    expect(slack().facts).toContain('production/shop · critical · 2026-02-03 04:05:06Z');
    expect(slack().facts).toContain('/run-1|Open in Temporal>');
  });

  test.each([
    '<!channel>',
    '<!here|x>',
    '<@U123>',
    '<https://evil.example|v3>',
    '&lt;!channel&gt;',
  ])('a version called %s calls nobody and leads nowhere', (name) => {
    const { body } = slack(hostile(name));
    const escaped = name.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    expect(body.text).toBe(`production/shop: ${escaped} failed`);
    const active = JSON.stringify(body).match(/<[^>]*>/g) ?? [];
    expect(active.filter((link) => !link.startsWith('<https://temporal.example.com/'))).toEqual([]);
    expect(body).toMatchObject({ parse: 'none', link_names: false });
  });

  it('nothing is turned into a mention or link by Slack itself', () => {
    expect(slack().body.blocks[0].text).toMatchObject({ type: 'mrkdwn', verbatim: true });
  });

  it("a template's own markup is Slack's, and what is filled in is not", () => {
    const { shown } = slack({ version: '<!channel>' }, { text: '<!here> _{{version}}_' });
    expect(shown).toContain('<!here> _&lt;!channel&gt;_');
  });

  it('a long story is cut to what Slack takes', () => {
    const reasons = Array.from({ length: 500 }, () => '<'.repeat(5_000));
    const { shown } = slack({ reasons, text: 'x'.repeat(100_000) });
    expect(shown.length).toBeLessThanOrEqual(3_000);
  });
});

describe('by e-mail', () => {
  const email = (over: Partial<Notification> = {}, template: Template = {}) =>
    emailMessage(failed(over), template);

  it('the subject is the title, and the text says the rest', () => {
    const { subject, text } = email();
    expect(subject).toBe(failed().title);
    expect(text).toBe(
      [
        'Everything was put back.',
        '',
        '- error-rate failed 3 measurements; last: 30 % is outside at most 1 %',
        '',
        '  belay report production/shop',
        '',
        'production/shop, critical, 2026-02-03 04:05:06Z',
        failed().url,
      ].join('\n'),
    );
  });

  test.each(['<img src=x onerror=alert(1)>', '"><script>', "' onclick='x", '&lt;b&gt;', '</code>'])(
    'a version called %s is shown, not run',
    (name) => {
      const tagsOf = ({ html }: { html: string }) =>
        (html.match(/<[^>]*>/g) ?? []).map((tag) => tag.replace(/ href="https:[^"]*"/, ' href'));
      expect(tagsOf(email(hostile(name)))).toEqual(tagsOf(email(hostile('v3'))));
    },
  );

  it('markup in a template is shown as it is written', () => {
    const { html, text } = email({}, { text: '<b>{{version}}</b>' });
    expect(html).toContain('&lt;b&gt;v3&lt;/b&gt;');
    expect(text).toContain('<b>v3</b>');
  });

  it('a title with line breaks is still one subject', () => {
    expect(email({ title: 'v3\r\nBcc: all@example.com' }).subject).toBe('v3 Bcc: all@example.com');
  });

  it('messages about one rollout belong together, and each is told apart', () => {
    const [first, second] = [email({ id: 'run:stage:1:1' }), email({ id: 'run:stage:2:1' })];
    expect(first.threadPart).toBe(second.threadPart);
    expect(first.idPart).toBe('run-stage-1-1');
    expect(second.idPart).not.toBe(first.idPart);
  });
});

describe('in PagerDuty', () => {
  const pagerDuty = (over: Partial<Notification> = {}, template: Template = {}) =>
    pagerDutyMessage(failed(over), template).body;

  it('a failed rollout triggers an incident that says what decided', () => {
    expect(pagerDuty()).toMatchObject({
      event_action: 'trigger',
      dedup_key: '7a0c/rollout/production/shop',
      payload: {
        summary: failed().title,
        source: 'production/shop',
        severity: 'critical',
        timestamp: '2026-02-03T04:05:06.000Z',
        component: 'shop',
        group: 'production',
        class: 'failed',
        custom_details: { version: 'v3', previousVersion: 'v2', reasons: failed().reasons },
      },
      links: [{ href: failed().url, text: 'Open in Temporal' }],
    });
  });

  test.each(['succeeded', 'aborted', 'superseded'] as const)(
    '%s resolves the incident of the same rollout, and opens none',
    (event) => {
      expect(pagerDuty({ event })).toEqual({
        event_action: 'resolve',
        dedup_key: pagerDuty()['dedup_key'],
      });
    },
  );

  it('the next rollout of the service is another incident', () => {
    expect(pagerDuty({ rolloutId: '8b1d' })['dedup_key']).not.toBe(pagerDuty()['dedup_key']);
  });

  it('an endless ID still leaves a key that PagerDuty takes', () => {
    const key = pagerDuty({ workflowId: 'x'.repeat(5_000) })['dedup_key'] as string;
    expect(key.length).toBeLessThanOrEqual(255);
    expect(key).toMatch(/^7a0c\//);
  });
});

describe('by webhook', () => {
  it('is told everything as JSON, with the version of its form', () => {
    expect(webhookMessage(failed(), {})).toEqual({
      id: 'run-1:failed:1:1',
      body: {
        schema: 'belay.notification/v1',
        id: 'run-1:failed:1:1',
        event: 'failed',
        severity: 'critical',
        at: '2026-02-03T04:05:06.000Z',
        service: 'shop',
        environment: 'production',
        version: 'v3',
        previousVersion: 'v2',
        stage: '5 %',
        workflowId: 'rollout/production/shop',
        rolloutId: '7a0c',
        title: failed().title,
        text: expect.stringContaining('Everything was put back.'),
        reasons: failed().reasons,
        commands: ['belay report production/shop'],
        url: failed().url,
      },
    });
  });

  it('an ID is fit for a header and for a signature', () => {
    expect(webhookMessage(failed({ id: 'run.1\r\nx: y' }), {}).id).toBe('run-1--x:-y');
  });
});

describe('whatever is filled in', () => {
  it('is not read as a template again', () => {
    const { shown } = slack(
      { version: '{{commands}}', title: '{{text}} $& $1' },
      { text: '{{version}}' },
    );
    expect(shown).toBe('*{{text}} $&amp; $1*\n{{commands}}');
  });

  it('cannot turn the text around or hide in it', () => {
    const { shown } = slack({ title: 'v3\u202e\u0000\u200f\u0007', text: '\ud800' }, {});
    expect(shown).not.toMatch(/[\u202e\u0000\u200f\u0007]|\p{Surrogate}/u);
  });

  it('is left out where it is not known', () => {
    const { previousVersion: _gone, ...first } = failed();
    const { body } = webhookMessage(first, { text: 'from {{previousVersion}}.' });
    expect(body['text']).toBe('from .');
  });

  test.each(['javascript:alert(1)', 'https://a b', 'https://', 'x'.repeat(1_000)])(
    'a link to %s is none',
    (url) => {
      expect(slack({ url }).facts).not.toContain('Open in Temporal');
      expect(emailMessage(failed({ url }), {}).html).not.toContain('<a ');
      expect(webhookMessage(failed({ url }), {}).body).not.toHaveProperty('url');
    },
  );
});
