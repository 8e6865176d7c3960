/** 简体中文。Every key of the English catalogue, checked by its type. */
import type { Catalogue } from './words.svelte';
import { account } from './zh-CN/account';
import { connect } from './zh-CN/connect';
import { firstRun } from './zh-CN/first_run';
import { home } from './zh-CN/home';
import { requests } from './zh-CN/requests';
import { settings } from './zh-CN/settings';
import { shell } from './zh-CN/shell';
import { signIn } from './zh-CN/sign_in';
import { state } from './zh-CN/state';

export const zhCN: Catalogue = { shell, state, home, connect, requests, account, signIn, settings, firstRun };
