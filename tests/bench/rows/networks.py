"""The networks that are trained and weighed, as setups whose function step() is one step of training. Imports nothing of ours."""

from __future__ import annotations

STEP = """
def step():
    optimizer.zero_grad()
    loss = {loss}
    loss.backward()
    optimizer.step()
"""
CLASSES = "F.cross_entropy(model(x), target)"


def training(model: str, x: str, target: str, optimizer: str, loss: str = CLASSES) -> str:
    """A model that is defined by its text, one batch of data, and the step that they make."""
    return f"{model}\nx, target = {x}, {target}\noptimizer = optim.{optimizer}\n{STEP.format(loss=loss)}"


def drawn(classes: int, *shape: int) -> tuple[str, str]:
    """A batch of noise and a class for each of its first dimension."""
    return f"T.randn{shape}", f"T.randint(0, {classes}, ({shape[0]},))"


TINY = "model = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 1))"
DIGITS = "model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))"
MNIST = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 32, 3, 1), nn.Conv2d(32, 64, 3, 1)
        self.dropout1, self.dropout2 = nn.Dropout(0.25), nn.Dropout(0.5)
        self.fc1, self.fc2 = nn.Linear(9216, 128), nn.Linear(128, 10)

    def forward(self, x):
        x = F.relu(self.conv2(F.relu(self.conv1(x))))
        x = self.dropout1(F.max_pool2d(x, 2))
        x = self.dropout2(F.relu(self.fc1(T.flatten(x, 1))))
        return F.log_softmax(self.fc2(x), dim=1)

model = Net()
"""
LENET = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.pool, self.conv2 = nn.Conv2d(3, 6, 5), nn.MaxPool2d(2, 2), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(16 * 5 * 5, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = T.flatten(self.pool(F.relu(self.conv2(x))), 1)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))

model = Net()
"""
PETS = """
model = nn.Sequential(
    nn.Conv2d(3, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(64, 128, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36992, 128), nn.ReLU(), nn.Linear(128, 1),
)
"""
RESNET = """
class Block(nn.Module):
    def __init__(self, c, d, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(c, d, 3, stride, 1, bias=False), nn.BatchNorm2d(d)
        self.conv2, self.bn2 = nn.Conv2d(d, d, 3, 1, 1, bias=False), nn.BatchNorm2d(d)
        same = c == d and stride == 1
        self.shortcut = nn.Identity() if same else nn.Sequential(nn.Conv2d(c, d, 1, stride, bias=False), nn.BatchNorm2d(d))

    def forward(self, x):
        out = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(out + self.shortcut(x))

widths = [64, 64, 64, 128, 128, 256, 256, 512, 512]
blocks = [Block(c, d, 1 if c == d else 2) for c, d in zip(widths, widths[1:])]
model = nn.Sequential(
    nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(), *blocks,
    nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10),
)
"""
GPT = """
class Layer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.norm1, self.norm2 = heads, nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        n, t, width = x.shape
        q, k, v = (a.view(n, t, self.heads, -1).transpose(1, 2) for a in self.qkv(self.norm1(x)).split(width, dim=2))
        a = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(a.transpose(1, 2).reshape(n, t, width))
        return x + self.down(F.gelu(self.up(self.norm2(x))))

class GPT(nn.Module):
    def __init__(self, letters, width, heads, layers, length):
        super().__init__()
        self.letter, self.place = nn.Embedding(letters, width), nn.Embedding(length, width)
        self.layers = nn.Sequential(*[Layer(width, heads) for _ in range(layers)])
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, letters, bias=False)

    def forward(self, x):
        places = T.arange(x.shape[1])
        return self.head(self.norm(self.layers(self.letter(x) + self.place(places))))

model = GPT(65, 128, 4, 4, 64)
"""
LETTERS = """
class Letters(nn.Module):
    def __init__(self):
        super().__init__()
        self.letter, self.lstm, self.head = nn.Embedding(65, 64), nn.LSTM(64, 128, 2, batch_first=True), nn.Linear(128, 65)

    def forward(self, x):
        return self.head(self.lstm(self.letter(x))[0])

model = Letters()
"""
NEXT_LETTER = "F.cross_entropy(model(x).view(-1, 65), target.view(-1))"

TINY_STEP = training(TINY, "T.randn(8, 2)", "T.randn(8, 1)", "SGD(model.parameters(), lr=0.1)", "F.mse_loss(model(x), target)")
DIGITS_STEP = training(DIGITS, *drawn(10, 64, 784), "SGD(model.parameters(), lr=0.1)")
MNIST_STEP = training(MNIST, *drawn(10, 64, 1, 28, 28), "Adadelta(model.parameters(), lr=1.0)", "F.nll_loss(model(x), target)")
LENET_4 = training(LENET, *drawn(10, 4, 3, 32, 32), "SGD(model.parameters(), lr=0.001, momentum=0.9)")
LENET_64 = training(LENET, *drawn(10, 64, 3, 32, 32), "SGD(model.parameters(), lr=0.001, momentum=0.9)")
PETS_STEP = training(
    PETS,
    "T.randn(20, 3, 150, 150)",
    "T.randint(0, 2, (20, 1)).float()",
    "Adam(model.parameters())",
    "F.binary_cross_entropy_with_logits(model(x), target)",
)
RESNET_STEP = training(RESNET, *drawn(10, 32, 3, 32, 32), "SGD(model.parameters(), lr=0.1, momentum=0.9)")
GPT_STEP = training(GPT, "T.randint(0, 65, (12, 64))", "T.randint(0, 65, (12, 64))", "AdamW(model.parameters())", NEXT_LETTER)
LETTERS_STEP = training(LETTERS, "T.randint(0, 65, (32, 50))", "T.randint(0, 65, (32, 50))", "Adam(model.parameters())", NEXT_LETTER)
