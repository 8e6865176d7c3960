/** Every sentence of the page, in English. Other languages have the same keys, checked by their type. */
import { account } from './en/account';
import { connect } from './en/connect';
import { firstRun } from './en/first_run';
import { home } from './en/home';
import { requests } from './en/requests';
import { settings } from './en/settings';
import { shell } from './en/shell';
import { signIn } from './en/sign_in';
import { state } from './en/state';

export const en = { shell, state, home, connect, requests, account, signIn, settings, firstRun };
