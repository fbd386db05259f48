"""Prints PyTorchValues.swift: outputs and gradients of PyTorch's layers, loss and optimiser for inputs made by a formula.

    python make_pytorch_values.py > PyTorchValues.swift        (PyTorch 2.x, CPU; made with 2.13.0)

Everything is computed in float64 from inputs that float32 holds exactly or rounds alike in both languages.
A batch lies [time][batch][features], as in the Swift code.
"""
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def values(shape, seed):
    """The formula of PyTorchTests.swift."""
    count = 1
    for n in shape:
        count *= n
    index = torch.arange(count)
    whole = (index * 37 + seed * 53 + 11) % 101 - 50
    return (whole.to(torch.float32) / 50).to(torch.float64).reshape(shape)


def tensors(*shapes):
    return [(values(shape, 10 + k) * 0.5).requires_grad_() for k, shape in enumerate(shapes)]


def show(name, tensor):
    numbers = ", ".join(f"{x:.8g}" for x in torch.as_tensor(tensor).detach().reshape(-1).tolist())
    if len(numbers) < 60:
        return print(f"    static let {name}: [Float] = [{numbers}]")
    lines, line = [], "       "
    for number in numbers.split(", "):
        if len(line) + len(number) > 118:
            lines.append(line)
            line = "       "
        line += f" {number},"
    lines.append(line)
    print(f"    static let {name}: [Float] = [")
    print("\n".join(lines))
    print("    ]")


def case(name, inputs, lengths, parameters, forward, outputs, stride=1):
    """forward(x of one sequence, [T, inputs]) -> [T', outputs]; each sequence alone, so padding cannot matter."""
    frames, after = max(lengths), [(n + stride - 1) // stride for n in lengths]
    x = values((frames, len(lengths), inputs), 1).requires_grad_()
    c = values((max(after), len(lengths), outputs), 2)
    y = torch.zeros(max(after), len(lengths), outputs)
    loss = torch.zeros(())
    for b, length in enumerate(lengths):
        own = forward(x[:length, b])
        assert own.shape == (after[b], outputs), (name, own.shape)
        loss = loss + (own * c[: after[b], b]).sum()
        y[: after[b], b] = own
    loss.backward()
    show(name + "Output", y)
    show(name + "InputGradient", x.grad)
    show(name + "ParameterGradient", torch.cat([p.grad.reshape(-1) for p in parameters]))


def dense():
    w, b = parameters = tensors((2, 3), (2,))
    case("dense", 3, [3, 2], parameters, lambda x: F.linear(x, w, b), 2)


def gru(name, bidirectional):
    shapes = [(9, 2), (9, 3), (9,), (9,)] * (2 if bidirectional else 1)
    parameters = tensors(*shapes)
    layer = torch.nn.GRU(2, 3, bidirectional=bidirectional)

    def forward(x):
        named = dict(zip([n for n, _ in layer.named_parameters()], parameters))
        return torch.func.functional_call(layer, named, (x,))[0]

    case(name, 2, [4, 2], parameters, forward, 6 if bidirectional else 3)


def convolution(name, inputs, outputs, kernel, stride, ahead, groups):
    w, b = parameters = tensors((outputs, inputs // groups, kernel), (outputs,))

    def forward(x):
        padded = F.pad(x.T[None], (kernel - 1 - ahead, ahead))
        return F.conv1d(padded, w, b, stride=stride, groups=groups)[0].T

    case(name, inputs, [5, 3], parameters, forward, outputs, stride)


def time_frequency():
    bands, channels, planes = 4, 2, 2
    w, b = parameters = tensors((planes, channels, 3, 3), (planes,))

    def forward(x):
        image = x.reshape(-1, bands, channels).permute(2, 0, 1)[None]  # [1, channels, time, bands]
        padded = F.pad(image, (1, 1, 1, 1))
        y = F.conv2d(padded, w, b, stride=(1, 2))[0]  # [planes, time, bands']
        return y.permute(1, 2, 0).reshape(x.shape[0], -1)

    case("timeFrequency", bands * channels, [3, 2], parameters, forward, 2 * planes)


def normalisation():
    w, b = parameters = tensors((5,), (5,))
    case("normalisation", 5, [2, 1], parameters, lambda x: F.layer_norm(x, (5,), w, b), 5)



def adamw():
    p = [(values((2,), 10) * 0.5).requires_grad_(), (values((1,), 11) * 0.5).requires_grad_()]
    optimiser = torch.optim.AdamW(
        [{"params": [p[0]], "weight_decay": 0.1}, {"params": [p[1]], "weight_decay": 0.0}], lr=0.01)
    rows = []
    for step in range(8):
        for group in optimiser.param_groups:
            group["lr"] = 0.01 * (step + 1)
        gradient = values((3,), 20 + step)
        p[0].grad, p[1].grad = gradient[:2].clone(), gradient[2:].clone()
        optimiser.step()
        rows.append(torch.cat([p[0].detach().clone(), p[1].detach().clone()]))
    show("adamW", torch.stack(rows))


def adamw_long():
    """1,000 steps along a learning rate that rises and falls, every hundredth one, in float64: two weights and a bias."""
    p = [torch.tensor([1.0, -0.5], requires_grad=True), torch.tensor([0.25], requires_grad=True)]
    optimiser = torch.optim.AdamW(
        [{"params": [p[0]], "weight_decay": 0.2}, {"params": [p[1]], "weight_decay": 0.0}], lr=0.01)
    rows = []
    for step in range(1000):
        for group in optimiser.param_groups:
            group["lr"] = 0.004 * (1 + step % 250) / 250
        gradient = values((3,), 20 + step)
        p[0].grad, p[1].grad = gradient[:2].clone(), gradient[2:].clone()
        optimiser.step()
        if step % 100 == 99:
            rows.append(torch.cat([p[0].detach().clone(), p[1].detach().clone()]))
    numbers = [f"{x:.15g}" for x in torch.stack(rows).reshape(-1).tolist()]
    print("    static let adamWLong: [Double] = [")
    for k in range(0, len(numbers), 5):
        print("        " + ", ".join(numbers[k : k + 5]) + ",")
    print("    ]")


def ctc():
    for k, (frames, units, blank, target) in enumerate(
        [(5, 4, 0, [1, 2, 2]), (6, 4, 3, [0, 1]), (4, 3, 0, []), (3, 3, 0, [1, 1]), (40, 5, 0, [1, 2, 3, 3, 4, 1])]):
        logits = (values((frames, units), 30 + k) * 4).requires_grad_()
        loss = F.ctc_loss(
            F.log_softmax(logits, 1)[:, None], torch.tensor([target], dtype=torch.long), [frames], [len(target)],
            blank=blank, reduction="none")[0]
        loss.backward()
        show(f"ctcLoss{k}", loss)
        show(f"ctcGradient{k}", logits.grad)


print("// Made by make_pytorch_values.py with PyTorch " + torch.__version__ + "; not to be changed by hand.")
print("enum PyTorchValues {")
dense()
gru("gru", False)
gru("bidirectional", True)
convolution("causal", 2, 3, 3, 1, 0, 1)
convolution("strided", 2, 3, 5, 2, 2, 1)
convolution("grouped", 4, 2, 2, 1, 1, 2)
time_frequency()
normalisation()
adamw()
adamw_long()
ctc()
print("}")
