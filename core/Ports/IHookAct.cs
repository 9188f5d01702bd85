using Ebb.Core.Hooks;

namespace Ebb.Core.Ports;

/// <summary>
/// One way to run hooks. Failures, its own deadlines included, are answers; only the caller's cancellation is thrown.
/// </summary>
public interface IHookAct
{
    /// <summary>The hooks that it runs.</summary>
    HookKind Kind { get; }

    /// <summary>Sending the same run again finds the first one, so that any leader may do it.</summary>
    bool IsRepeatable { get; }

    /// <summary>Sends it. Where it is not repeatable, never a second time without a certain failure before.</summary>
    Task<HookReply> SendAsync(HookOrder order, CancellationToken cancellationToken);

    /// <summary>Whether something can be looked at that tells what became of it.</summary>
    bool CanLook(HookSpec spec);

    /// <summary>Looks how far it is, and sends nothing.</summary>
    Task<HookReply> LookAsync(HookOrder order, CancellationToken cancellationToken);
}
