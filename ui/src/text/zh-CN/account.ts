import type { Catalogue } from '../words.svelte';

export const account: Catalogue['account'] = {
  title: '账户',
  label: 'ChatGPT 套餐 · 实验性后端',
  labelKey: '平台 API 密钥 · 由平台计费',
  explained: '由 ChatGPT 提供，属实验性质，仅供您自己使用。后端是半官方的，可能会改变。',
  plan: '套餐',
  workspace: '工作区',
  kind: '登录方式',
  kinds: {
    chatgpt: 'ChatGPT',
    access_token: 'Codex 访问令牌',
    api_key: '平台 API 密钥',
    codex_cli: 'Codex CLI 的登录，只读',
  },
  usagePage: 'ChatGPT 上的用量',
  again: '重新登录',
  signOut: '退出登录',
  signOutTitle: (who) => `退出 ${who} 的登录？`,
  signOutLines: {
    changes: ['会改变什么', '此登录在 ChatGPT 处失效，并在这里被忘记。'],
    stops: ['什么会停止工作', '在您重新登录之前，所有应用都会收到错误。'],
    undo: ['如何撤销', '重新登录。'],
    restart: ['需要重启什么', '无。密钥和地址保持不变。'],
  },
  signedOut: '已退出登录。',
  signedOutUnsure: '已在这里退出登录。ChatGPT 没有确认，因此该登录在到期之前可能仍然有效。',
  others: '您的账户',
  othersExplained: '每次只使用一个，由您手动切换。',
  use: '使用此账户',
  add: '添加账户',
  problem: '问题',
};
