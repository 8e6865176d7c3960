/**
 * No words outside the catalogue: text in a template, and attributes that are read or heard, come from `words.t`.
 * Signs without letters, such as “·”, may stand where they are.
 */
const HEARD = new Set(['aria-label', 'aria-description', 'aria-placeholder', 'aria-roledescription', 'alt', 'placeholder', 'title', 'label', 'help', 'what']);

const hasLetters = (text) => /\p{L}/u.test(text);

export default {
  meta: {
    type: 'problem',
    docs: { description: 'words belong to the catalogue in src/text' },
    messages: { words: '“{{text}}” belongs to the catalogue in src/text' },
    schema: [],
  },
  create(context) {
    const report = (node, text) => context.report({ node, messageId: 'words', data: { text: text.trim().slice(0, 40) } });

    /** Words that an expression in a template is, whichever way it goes. */
    function look(node) {
      switch (node?.type) {
        case 'Literal':
          if (typeof node.value === 'string' && hasLetters(node.value)) report(node, node.value);
          break;
        case 'TemplateLiteral':
          for (const part of node.quasis) {
            if (hasLetters(part.value.cooked ?? '')) report(part, part.value.cooked ?? '');
          }
          break;
        case 'ConditionalExpression':
          look(node.consequent);
          look(node.alternate);
          break;
        case 'LogicalExpression':
          look(node.left);
          look(node.right);
          break;
      }
    }

    return {
      SvelteText(node) {
        if (node.parent?.type === 'SvelteStyleElement' || node.parent?.type === 'SvelteScriptElement') return;
        if (hasLetters(node.value)) report(node, node.value);
      },
      'SvelteMustacheTag[kind="text"]'(node) {
        if (node.parent?.type !== 'SvelteAttribute') look(node.expression);
      },
      SvelteAttribute(node) {
        if (!HEARD.has(node.key.name)) return;
        for (const value of node.value) {
          if (value.type === 'SvelteLiteral' && hasLetters(value.value)) report(value, value.value);
          if (value.type === 'SvelteMustacheTag') look(value.expression);
        }
      },
    };
  },
};
