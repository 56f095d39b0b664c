"""A translator of digit strings into their reversal: an encoder over packed sequences, a decoder with attention, teacher forcing."""
# ruff: noqa: B007

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.nn.utils import clip_grad_norm_
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

PAD, SOS, EOS = 0, 1, 2


class Encoder(nn.Module):
    def __init__(self, vocab, width, hidden):
        super().__init__()
        self.embedding = nn.Embedding(vocab, width, padding_idx=PAD)
        self.rnn = nn.GRU(width, hidden, batch_first=True, bidirectional=True)
        self.bridge = nn.Linear(2 * hidden, hidden)

    def forward(self, x, lengths):
        packed = pack_padded_sequence(self.embedding(x), lengths, batch_first=True, enforce_sorted=False)
        outputs, state = self.rnn(packed)
        outputs, _ = pad_packed_sequence(outputs, batch_first=True)
        return outputs, torch.tanh(self.bridge(torch.cat([state[0], state[1]], dim=1)))


class Decoder(nn.Module):
    def __init__(self, vocab, width, hidden):
        super().__init__()
        self.embedding = nn.Embedding(vocab, width, padding_idx=PAD)
        self.attention = nn.Linear(3 * hidden, hidden)
        self.energy = nn.Linear(hidden, 1, bias=False)
        self.cell = nn.LSTMCell(width + 2 * hidden, hidden)
        self.out = nn.Linear(3 * hidden, vocab)

    def forward(self, token, state, memory, mask):
        h, c = state
        query = h.unsqueeze(1).expand(-1, memory.size(1), -1)
        scores = self.energy(torch.tanh(self.attention(torch.cat([query, memory], dim=2)))).squeeze(2)
        weights = torch.softmax(scores.masked_fill(mask, float("-inf")), dim=1)
        context = torch.bmm(weights.unsqueeze(1), memory).squeeze(1)
        h, c = self.cell(torch.cat([self.embedding(token), context], dim=1), (h, c))
        return self.out(torch.cat([h, context], dim=1)), (h, c)


def batch(size):
    sources, targets = [], []
    for _ in range(size):
        n = int(torch.randint(2, 7, (1,)))
        digits = torch.randint(3, 13, (n,))
        sources.append(digits)
        targets.append(torch.cat([digits.flip(0), torch.tensor([EOS])]))
    lengths = torch.tensor([len(s) for s in sources])
    return pad_sequence(sources, batch_first=True), lengths, pad_sequence(targets, batch_first=True, padding_value=PAD)


def main():
    torch.manual_seed(3)
    encoder, decoder = Encoder(13, 12, 16), Decoder(13, 12, 16)
    params = list(encoder.parameters()) + list(decoder.parameters())
    optimizer = optim.Adam(params, lr=0.005)
    losses = []
    for step in range(25):
        x, lengths, y = batch(16)
        memory, h = encoder(x, lengths)
        mask = x == PAD
        state, token, loss = (h, torch.zeros_like(h)), torch.full((x.size(0),), SOS), 0
        for t in range(y.size(1)):
            logits, state = decoder(token, state, memory, mask)
            loss = loss + F.cross_entropy(logits, y[:, t], ignore_index=PAD, reduction="sum")
            token = y[:, t]
        loss = loss / (y != PAD).sum()
        optimizer.zero_grad()
        loss.backward()
        clip_grad_norm_(params, 1.0)
        optimizer.step()
        losses.append(loss.item())
    encoder.eval()
    decoder.eval()
    with torch.no_grad():
        x, lengths, _ = batch(4)
        memory, h = encoder(x, lengths)
        state, token = (h, torch.zeros_like(h)), torch.full((4,), SOS)
        logits, _ = decoder(token, state, memory, x == PAD)
    return {"losses": losses, "logits": logits, "states": h}
