using Ebb.Core.Hooks;
using Ebb.Core.Ports;
using Ebb.Engine.Clocks;
using Ebb.Nut.Commands;

namespace Ebb.Engine.Hooks;

/// <summary>Runs hooks as commands to a UPS. Nothing tells later what became of one that was not answered.</summary>
internal sealed class NutHooks(ISecrets secrets, EngineClocks clocks) : IHookAct
{
    public HookKind Kind => HookKind.Nut;

    public bool IsRepeatable => false;

    public bool CanLook(HookSpec spec) => false;

    public async Task<HookReply> SendAsync(HookOrder order, CancellationToken cancellationToken)
    {
        var nut = order.Spec.Nut!;
        List<string> words = [];
        foreach (var key in new[] { "username", "password" })
        {
            var (value, problem) = await secrets.ReadAsync(order.Scaler.Namespace, nut.Secret, key, cancellationToken);
            if (value is null)
                return new HookReply(HookStep.Failed, $"{nut.Command} was not sent: {problem}");
            words.Add(value.Trim());
        }
        var (outcome, said) = await UpsCommand.SendAsync(
            nut.Address,
            nut.Command,
            words[0],
            words[1],
            clocks.Deadlines,
            cancellationToken
        );
        return outcome switch
        {
            UpsCommandOutcome.Accepted => new HookReply(HookStep.Done, said),
            UpsCommandOutcome.NotSent or UpsCommandOutcome.Refused => new HookReply(HookStep.Failed, said),
            UpsCommandOutcome.Unknown => new HookReply(HookStep.Unknown, said),
            _ => throw new InvalidOperationException($"unexpected outcome {outcome}"),
        };
    }

    public Task<HookReply> LookAsync(HookOrder order, CancellationToken cancellationToken) =>
        Task.FromResult(new HookReply(HookStep.Unknown, "nothing tells what became of it"));
}
