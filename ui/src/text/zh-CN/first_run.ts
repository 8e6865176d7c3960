import type { Catalogue } from '../words.svelte';

export const firstRun: Catalogue['firstRun'] = {
  title: '欢迎使用 Postern',
  intro: '登录一次，这台电脑上每个支持 OpenAI API 的应用都能使用您的 ChatGPT 套餐。',
  honest: '属实验性质，仅供您自己使用。除发往 ChatGPT 外，没有内容离开这台电脑。',
  step: (now, all) => `第 ${now} 步，共 ${all} 步`,
  skip: '跳过',
  skipAll: '跳过引导',
  next: '继续',
  vault: {
    title: '保持登录',
    body: '现在无法使用此系统的密钥环。您的登录应如何保存？',
  },
  on: {
    title: '代理已开启',
    startingTitle: '正在启动代理',
    blockedTitle: '无法使用该端口',
    offTitle: '开启代理',
    body: '这就是您的应用所需要的。随时可在首页找到。',
    offBody: '之后您的应用就能使用您的套餐。',
    blockedBody: '还没有应用知道旧地址，换一个端口没有任何代价。',
  },
  connect: {
    title: '连接应用',
    body: '选择一个，复制它的字段，看那一行变化。',
  },
  questions: {
    title: '两个问题',
    titleOne: '一个问题',
    titleNone: '一切就绪',
    autostart: '登录系统时启动 Postern？',
    keepRunning: '关闭窗口后继续运行？',
    keepRunningWhy: '托盘图标可以让窗口回来。',
    windows: '图标可能藏在任务栏的 ^ 之下。把它拖出来即可一直看到。',
    later: '两者都可以在设置中更改。',
    laterOne: '可以在设置中更改。',
    none: 'Postern 正在运行。您可以离开此页面。',
    finish: '完成',
  },
};
