'use strict'
/* The page of a seat at the wheel: keys, buttons, gamepad and touch out; pictures and the HUD in. Ramps are the server's. */

const $ = selector => document.querySelector(selector)
const make = (tag, text = '') => Object.assign(document.createElement(tag), { textContent: text })
const clamp = (value, low, high) => Math.min(Math.max(value, low), high)

const TAKEN = 4001, ENDED = 1000
const SAY_AGAIN_MS = 500, RETRY_MS = 1000
const NAMES = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right', ' ': 'space', Enter: 'return' }
const CAPS = { up: '↑', down: '↓', left: '←', right: '→', space: 'Space', return: 'Enter', escape: 'Esc', backspace: 'Backspace', delete: 'Del', tab: 'Tab' }
const LABELS = {
  pause: 'Pause', reset: 'End episode', help: 'Keys', quit: 'Leave', keep: 'Keep', discard: 'Discard', tag: 'Tag',
  autopilot: 'Autopilot', next_map: 'Map', next_traffic: 'Traffic', next_weather: 'Weather',
}
const ANSWERS = ['keep', 'discard', 'tag']

const query = new URLSearchParams(location.search)
let socket = null, hello = { keys: [], commands: {} }, hud = null, newest = -1
const down = new Map() // KeyboardEvent.code -> name: a key may change its letter between down and up
const touch = { steer: 0, throttle: 0, brake: 0, fingers: 0 }
let pad = null

/* ---- to the server ---- */

const present = () => document.visibilityState === 'visible' && document.hasFocus()
const say = message => socket?.readyState === WebSocket.OPEN && socket.send(JSON.stringify(message))
const hand = () => {
  const from = touch.fingers ? touch : pad
  return from && [from.steer, from.throttle, from.brake]
}
const sayHeld = () => say({ type: 'held', keys: [...new Set(down.values())], hand: hand(), present: present() })
const press = command => say({ type: 'pressed', command })

function letGo() {
  down.clear()
  sayHeld()
}

/* ---- keys ---- */

function nameOf(event) {
  const letter = event.key.length === 1 && event.key > '~' && event.code.startsWith('Key') ? event.code.slice(3) : event.key
  return NAMES[letter] ?? letter.toLowerCase()
}

function capOf(name) {
  return CAPS[name] ?? name.toUpperCase()
}

addEventListener('keydown', event => {
  if (event.ctrlKey || event.altKey || event.metaKey) return
  const name = nameOf(event)
  if (document.activeElement?.tagName === 'BUTTON' && (name === 'space' || name === 'return')) return // the browser's click
  const walks = name === 'tab' && (document.body.hasAttribute('data-veiled') || !hud?.offers.includes('autopilot'))
  if (!hello.keys.includes(name) || walks) return
  event.preventDefault()
  if (event.repeat || down.has(event.code)) return
  down.set(event.code, name)
  sayHeld()
})
addEventListener('keyup', event => {
  if (event.key === 'Meta') return letGo() // macOS tells of no key that is let go while Command is held
  if (down.delete(event.code)) sayHeld()
})
addEventListener('blur', letGo)
addEventListener('focus', sayHeld)
document.addEventListener('visibilitychange', letGo)
addEventListener('contextmenu', letGo)

/* ---- gamepad: the standard layout, https://w3c.github.io/gamepad/#remapping ---- */

const DEAD = 0.08
const PAD_BUTTONS = { 0: 'keep', 1: 'discard', 2: 'tag', 3: 'autopilot', 8: 'reset', 9: 'pause' }
let padDown = []

function beyondDead(value) {
  return Math.abs(value) < DEAD ? 0 : (value - Math.sign(value) * DEAD) / (1 - DEAD)
}

function readPads() {
  const found = [...navigator.getGamepads()].find(one => one?.connected && one.mapping === 'standard')
  if (!found) {
    if (pad) { pad = null; sayHeld() }
    return
  }
  requestAnimationFrame(readPads)
  const buttons = found.buttons.map(button => button.pressed)
  for (const [number, command] of Object.entries(PAD_BUTTONS)) if (buttons[number] && !padDown[number]) press(command)
  padDown = buttons
  const round = value => Math.round(value * 500) / 500
  const now = {
    steer: round(-beyondDead(found.axes[0])),
    throttle: round(beyondDead(found.buttons[7].value)),
    brake: round(beyondDead(found.buttons[6].value)),
  }
  if (!pad || now.steer !== pad.steer || now.throttle !== pad.throttle || now.brake !== pad.brake) { pad = now; sayHeld() }
}
addEventListener('gamepadconnected', readPads)

/* ---- touch: a wheel that turns with the finger, pedals that are deeper the higher they are touched ---- */

const LOCK_DEG = 110

function onTouch(element, moved, released) {
  element.addEventListener('pointerdown', event => {
    event.preventDefault()
    element.setPointerCapture(event.pointerId)
    touch.fingers += 1
    moved(event, true)
    sayHeld()
  })
  element.addEventListener('pointermove', event => {
    if (!element.hasPointerCapture(event.pointerId)) return
    moved(event, false)
    sayHeld()
  })
  element.addEventListener('lostpointercapture', () => {
    touch.fingers = Math.max(0, touch.fingers - 1)
    released()
    sayHeld()
  })
}

let grip = 0 // the finger's angle on the wheel, degrees, at which it stands straight
onTouch($('#wheel'), (event, first) => {
  const box = $('#wheel').getBoundingClientRect()
  const angle = Math.atan2(event.clientY - box.y - box.height / 2, event.clientX - box.x - box.width / 2) * 180 / Math.PI
  if (first) grip = angle
  const turned = ((angle - grip + 540) % 360) - 180
  touch.steer = clamp(-turned / LOCK_DEG, -1, 1)
  $('#wheel').style.transform = `rotate(${-touch.steer * LOCK_DEG}deg)`
}, () => {
  touch.steer = 0
  $('#wheel').style.transform = ''
})
for (const pedal of ['throttle', 'brake']) {
  const element = $(`#${pedal}-pad`)
  const set = value => {
    touch[pedal] = value
    element.firstElementChild.style.transform = `scaleY(${value})`
  }
  onTouch(element, event => {
    const box = element.getBoundingClientRect()
    set(clamp((box.bottom - event.clientY) / box.height * 1.2, 0.1, 1))
  }, () => set(0))
}
const showTouch = () => { $('#touch').hidden = false }
if (matchMedia('(pointer: coarse)').matches) showTouch()
addEventListener('touchstart', showTouch, { once: true, passive: true })

/* ---- from the server ---- */

async function onPicture(message) {
  const length = new DataView(message).getUint32(0, true)
  const facts = JSON.parse(new TextDecoder().decode(new Uint8Array(message, 4, length)))
  try {
    const image = await createImageBitmap(new Blob([new Uint8Array(message, 4 + length)]))
    if (facts.frame > newest && document.body.dataset.link === 'up') { // the line may have been cut meanwhile
      newest = facts.frame
      drawPicture(image)
      drawHud(facts)
    }
    image.close()
  } finally {
    say({ type: 'drawn', frame: facts.frame })
  }
}

function drawPicture(image) {
  const canvas = $('#picture')
  if (canvas.width !== image.width || canvas.height !== image.height) {
    canvas.width = image.width
    canvas.height = image.height
    $('#stage').style.setProperty('--ratio', image.width / image.height)
  }
  canvas.getContext('2d', { alpha: false }).drawImage(image, 0, 0)
}

/* ---- the HUD ---- */

const setText = (selector, text) => {
  const element = $(selector)
  if (element.textContent !== text) element.textContent = text
}
const changed = (() => { // whether what a part is made of differs from what it was last made of
  const last = {}
  return (part, value) => {
    const text = JSON.stringify(value)
    return last[part] !== text && (last[part] = text, true)
  }
})()
const DIAL_ENDS = [60, 120, 200, 400, 1000]
let dialEnd = DIAL_ENDS[0]

function drawHud(facts) {
  hud = facts
  const kmh = (facts.speed_mps ?? 0) * 3.6
  dialEnd = DIAL_ENDS.find(end => end >= Math.max(dialEnd, kmh)) ?? DIAL_ENDS.at(-1)
  setText('#dial .big', String(Math.round(kmh)))
  setText('#dial-end', String(dialEnd))
  $('#dial .value').style.visibility = kmh < 0.5 ? 'hidden' : 'visible'
  $('#dial .value').style.strokeDasharray = `${clamp(kmh / dialEnd, 0, 1) * 100} 200`
  $('#steering').style.transform = `rotate(${-facts.hand.steer * LOCK_DEG}deg)`
  for (const pedal of ['throttle', 'brake']) $(`.bar.${pedal} i`).style.transform = `scaleY(${facts.hand[pedal]})`
  $('#progress').hidden = facts.progress === null
  setText('#progress output', `${Math.floor((facts.progress ?? 0) * 100)} %`)
  $('.rail i').style.transform = `scaleX(${clamp(facts.progress ?? 0, 0, 1)})`
  setText('#driver', facts.driver)
  $('#driver').classList.toggle('autopilot', facts.autopilot)
  setText('#time', `${Math.floor(facts.time_s / 60)}:${(facts.time_s % 60).toFixed(1).padStart(4, '0')}`)
  setText('#return', (facts.episode_return ?? 0).toFixed(1))
  setText('#fps', String(Math.round(facts.fps)))
  setText('#missed', String(facts.missed))
  $('#missed').classList.toggle('some', facts.missed > 0)
  $('#recording').classList.toggle('on', facts.recording)
  setText('#recording span', facts.recording ? 'recording' : 'not recording')
  setText('#link span', facts.round_trip_ms === null ? 'connected' : `${Math.round(facts.round_trip_ms)} ms`)
  if (changed('lines', facts.lines)) $('#lines').replaceChildren(...facts.lines.map(line => make('li', line)))
  if (changed('infractions', facts.infractions)) {
    const shown = facts.infractions.map(([name, count]) => make('li', count > 1 ? `${name} × ${count}` : name))
    $('#infractions').replaceChildren(...shown)
  }
  if (changed('overlay', [facts.overlay, facts.offers])) drawOverlay(facts.overlay, facts.offers)
  if (changed('buttons', [facts.offers, facts.paused, facts.autopilot])) drawButtons(facts)
}

function drawOverlay([title, ...text], offers) {
  if (title === undefined) return veil(null)
  const answers = offers.filter(command => ANSWERS.includes(command)).map(command => button(command, command === 'keep'))
  if (!answers.length && offers.includes('pause')) answers.push(button('pause', true, 'Drive'))
  const caps = answers.map(answer => answer.dataset.command).filter(command => command !== 'tag').map(command => capOf(hello.commands[command]))
  veil(title, textOf(text.filter(line => !caps.some(cap => line.startsWith(`${cap}  `)))), answers) // what is on a button is not said twice
}

function textOf(lines) { // lines of two columns, parted by two spaces or more, are a table
  const parts = []
  for (const line of lines) {
    const [, left, right] = line.match(/^(.*?\S)\s{2,}(.*)$/) ?? []
    if (left === undefined) {
      parts.push(make('p', line))
      continue
    }
    if (parts.at(-1)?.tagName !== 'DL') parts.push(make('dl'))
    const row = make('div'), key = make('dt')
    key.append(make('kbd', left))
    row.append(key, make('dd', right))
    parts.at(-1).append(row)
  }
  return parts
}

function veil(title, text = [], choices = []) {
  document.body.toggleAttribute('data-veiled', title !== null)
  $('#overlay').hidden = title === null
  $('#overlay h2').textContent = title ?? ''
  $('#overlay .text').replaceChildren(...text)
  $('#overlay .choices').replaceChildren(...choices)
}

function button(command, main = false, label = LABELS[command]) {
  const element = make('button', label)
  element.type = 'button'
  element.dataset.command = command
  element.classList.toggle('main', main)
  const key = hello.commands[command]
  if (key) element.append(make('kbd', capOf(key)))
  element.addEventListener('click', () => { element.blur(); press(command) })
  return element
}

function drawButtons(facts) {
  const offered = facts.offers.filter(command => !ANSWERS.includes(command) && command !== 'quit')
  const shown = offered.map(command => button(command, false, command === 'pause' && facts.paused ? 'Go on' : LABELS[command]))
  for (const element of shown) {
    if (element.dataset.command === 'autopilot') element.setAttribute('aria-pressed', String(facts.autopilot))
  }
  const gap = make('span')
  gap.className = 'gap'
  $('#buttons').replaceChildren(...shown, gap, ...(facts.offers.includes('quit') ? [button('quit')] : []))
}

/* ---- the connection ---- */

function notice(title, text, choices = []) {
  document.body.dataset.link = 'lost'
  changed('overlay', null) // so that the next picture's is drawn again
  veil(title, [make('p', text)], choices)
  $('#recording').classList.remove('on')
  setText('#recording span', 'not recording')
  $('#buttons').replaceChildren()
  changed('buttons', null)
}

function connect() {
  socket = new WebSocket(`ws://${location.host}/socket?token=${encodeURIComponent(query.get('token'))}`)
  socket.binaryType = 'arraybuffer'
  socket.onopen = () => {
    document.body.dataset.link = 'up'
    newest = -1
    if (!hud) veil('Getting ready', [make('p', 'The world is being loaded.')])
    setText('#link span', 'connected')
    sayHeld()
  }
  socket.onmessage = event => {
    if (typeof event.data !== 'string') return onPicture(event.data)
    hello = JSON.parse(event.data)
    changed('overlay', null) // their keys may be others now
    changed('buttons', null)
  }
  socket.onclose = event => {
    setText('#link span', event.code === ENDED ? 'ended' : 'not connected')
    if (event.code === ENDED) return notice('The session has ended', 'What was recorded is in the folder. You can close this page.')
    if (event.code === TAKEN) {
      const back = Object.assign(make('button', 'Drive here'), { type: 'button', className: 'main' })
      back.addEventListener('click', connect)
      return notice('Another page is at the wheel', 'It was opened after this one.', [back])
    }
    notice('No connection', 'The session waits, paused. Is the command still running, and the tunnel open? Trying again…')
    setTimeout(connect, RETRY_MS)
  }
}

setInterval(sayHeld, SAY_AGAIN_MS)
connect()
