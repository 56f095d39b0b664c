"""A character language model of nn.Transformer's encoder layers: positions, causal and padding masks, dropout, warm-up, sampling."""
# ruff: noqa: B007

import math

import torch
from torch import nn
from torch.nn import functional as F
from torch.optim.lr_scheduler import LambdaLR

TEXT = "she sells sea shells by the sea shore. the shells she sells are sea shells for sure. "


class PositionalEncoding(nn.Module):
    def __init__(self, d_model, dropout=0.1, max_len=64):
        super().__init__()
        self.dropout = nn.Dropout(p=dropout)
        position = torch.arange(max_len).unsqueeze(1)
        div_term = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))
        pe = torch.zeros(max_len, 1, d_model)
        pe[:, 0, 0::2] = torch.sin(position * div_term)
        pe[:, 0, 1::2] = torch.cos(position * div_term)
        self.register_buffer("pe", pe)

    def forward(self, x):
        return self.dropout(x + self.pe[: x.size(0)])


class CharModel(nn.Module):
    def __init__(self, vocab, d_model=24, nhead=4, hidden=48, layers=2, dropout=0.1):
        super().__init__()
        self.d_model = d_model
        self.pos_encoder = PositionalEncoding(d_model, dropout)
        self.embedding = nn.Embedding(vocab, d_model)
        layer = nn.TransformerEncoderLayer(d_model, nhead, hidden, dropout, activation="gelu", norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, layers, norm=nn.LayerNorm(d_model), enable_nested_tensor=False)
        self.linear = nn.Linear(d_model, vocab)
        self.init_weights()

    def init_weights(self):
        self.embedding.weight.data.uniform_(-0.1, 0.1)
        self.linear.bias.data.zero_()
        self.linear.weight.data.uniform_(-0.1, 0.1)

    def forward(self, src, padding=None):
        x = self.pos_encoder(self.embedding(src) * math.sqrt(self.d_model))
        mask = nn.Transformer.generate_square_subsequent_mask(len(src))
        return self.linear(self.encoder(x, mask=mask, src_key_padding_mask=padding))


def main():
    torch.manual_seed(17)
    chars = sorted(set(TEXT))
    data = torch.tensor([chars.index(c) for c in TEXT])
    model = CharModel(len(chars))
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=0.01)
    scheduler = LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / 10))
    losses, bptt, size = [], 12, 8
    for step in range(20):
        starts = torch.randint(len(data) - bptt - 1, (size,))
        x = torch.stack([data[i : i + bptt] for i in starts], dim=1)
        y = torch.stack([data[i + 1 : i + bptt + 1] for i in starts], dim=1)
        padding = torch.zeros(size, bptt)
        padding[0, -2:] = float("-inf")
        logits = model(x, padding)
        loss = F.cross_entropy(logits.view(-1, len(chars)), y.reshape(-1))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
    model.eval()
    with torch.no_grad():
        text = data[:5].unsqueeze(1)
        for _ in range(8):
            probabilities = torch.softmax(model(text)[-1, 0], dim=-1)
            text = torch.cat([text, probabilities.argmax().view(1, 1)])
        attended, weights = model.encoder.layers[0].self_attn(*[model.embedding(text)] * 3, average_attn_weights=False)
    return {"losses": losses, "text": text.view(-1).float(), "weights": weights, "attended": attended}
