"""How airbench94 learns: large rates for the norms' biases, a computed first layer, look-ahead.

Published are 11.5 as the rate for 1,024 pictures and 0.0153 as the decay, both of a sum of losses with the momentum's
1 + 1 / (1 - 0.85) in it. For the mean of a batch of B pictures that is a rate of 1.5 · B / 1,024.
"""

optim_wrapper = dict(
    optimizer=dict(type="SGD", lr=1.5, momentum=0.85, nesterov=True, weight_decay=0.0153 / 11.5),
    # of a norm only the bias learns; rate × decay is the same for all weights; the published head has no bias
    paramwise_cfg=dict(custom_keys={"norm": dict(lr_mult=64.0, decay_mult=1 / 64), "fc.bias": dict(lr_mult=0.0)}),
)
custom_hooks = [
    dict(type="WhiteningHook", num_samples=5000, bias_epochs=3),
    dict(type="LookaheadHook", alpha=1 - 0.95**5, interval=5, ramp_power=3.0),
]
channels_last = True
