using Ebb.Core.Outages;
using Ebb.Core.Ports;
using Ebb.Core.Power;
using Ebb.Core.Waves;
using Ebb.Engine.Clocks;
using Ebb.Engine.Journal;
using NodaTime;
using NodaTime.Text;

namespace Ebb.Engine.Power;

/// <summary>
/// The orders of people, and what this leader has found of them. A result counts here at once and is written to the
/// order's status after the steps, so that a drill turns even where the status cannot be written.
/// </summary>
internal sealed class StoredOrders(IPowerOrders orders, ActJournal journal, EngineClocks clocks, bool acts)
{
    private static readonly Duration AfterFailure = Duration.FromSeconds(5);

    private readonly Dictionary<string, OrderStatus> _results = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Instant> _failed = new(StringComparer.Ordinal);

    /// <summary>Why the status of an order could not be written last; null: it could.</summary>
    public string? Trouble { get; private set; }

    /// <summary>The orders with what was found of them and is not stored yet.</summary>
    public IReadOnlyList<PowerOrder> Of(IReadOnlyList<PowerOrder>? stored)
    {
        // Where they cannot be read for good, a failing power must not wait for that; the trouble of the watch is told.
        if (stored is null || _results.Count == 0)
            return stored ?? [];
        return
        [
            .. stored.Select(order =>
                !order.Status.IsOver && _results.GetValueOrDefault(order.Uid) is { } result
                    ? order with
                    {
                        Status = result,
                    }
                    : order
            ),
        ];
    }

    /// <summary>Refuses what has a fault, and what nobody has looked at yet and must not count.</summary>
    public void Admit(IReadOnlyList<PowerOrder> known, PowerState power, OutageProgress outage, Instant now)
    {
        foreach (var order in known.Where(o => !o.Status.IsOver))
            if (
                // An outage that began after a drill was asked for is that drill.
                OrderResults.Refusal(order, power, outage.Began < order.At ? outage.Cause : null, acts) is
                { } refusal
            )
                _results[order.Uid] = new OrderStatus(OrderPhase.Refused, refusal, EndedAt: now);
    }

    /// <summary>Takes over what a decision has made of them.</summary>
    public void Take(IReadOnlyList<PowerOrder> known, Plan plan, PowerState power, Instant now)
    {
        var failing = power.Verdict.Wish == PowerWish.Sleep;
        foreach (var (order, status) in OrderResults.Of(known, plan.Orders, failing, now))
            _results[order.Uid] = status;
    }

    /// <summary>Forgets what was found in an earlier term.</summary>
    public void Forget()
    {
        _results.Clear();
        _failed.Clear();
        Trouble = null;
    }

    /// <summary>Writes what is not stored yet, and deletes what is no longer needed.</summary>
    public async Task WriteAsync(IReadOnlyList<PowerOrder>? stored, CancellationToken cancellationToken)
    {
        if (stored is null)
            return;
        var now = clocks.World.Now();
        foreach (var uid in _results.Keys.Concat(_failed.Keys).Except(stored.Select(o => o.Uid)).ToList())
        {
            _results.Remove(uid);
            _failed.Remove(uid);
        }
        if (_failed.Count == 0)
            Trouble = null;
        foreach (var order in stored)
        {
            if (_results.GetValueOrDefault(order.Uid) is not { } result)
                continue;
            if (order.Status.IsOver || result == order.Status)
                _results.Remove(order.Uid);
            else if (MayTry(order, now) && (result.IsOver || !stored.Any(other => EndsUnwritten(other, order.At))))
                await SetStatusAsync(order, result, now, cancellationToken);
        }
        foreach (var order in OrderResults.Obsolete(stored).Where(o => MayTry(o, now)))
            Note(order, await orders.DeleteAsync(order, cancellationToken), now);
    }

    private async Task SetStatusAsync(
        PowerOrder order,
        OrderStatus status,
        Instant now,
        CancellationToken cancellationToken
    )
    {
        var result = await orders.SetStatusAsync(order, status, cancellationToken);
        Note(order, result, now);
        if (result.Outcome == WriteOutcome.Done && status.Phase != order.Status.Phase)
            journal.Record(
                order.By ?? "somebody who wrote the PowerOrder",
                $"asked for {order.Action.ToString().ToLowerInvariant()}",
                $"PowerOrder {order.Name}",
                order.Reason,
                $"{status.Phase}{(status.Message.Length > 0 ? $": {status.Message}" : "")}"
            );
    }

    /// <summary>What people did with orders, for the report of an outage.</summary>
    public static IEnumerable<PersonAction> Actions(IEnumerable<PowerOrder> known)
    {
        foreach (var order in known.Where(o => o.Status.Phase != OrderPhase.Refused))
        {
            var end = order.Until is { } until ? $" until {InstantPattern.General.Format(until)}" : "";
            var verb = order.Action.ToString().ToLowerInvariant();
            yield return new PersonAction(order.At, $"asked for {verb}{end}: {order.Reason}", order.By);
            if (order is { Action: OrderAction.Hold, Status: { EndedAt: { } ended } status } && IsRelease(status))
                yield return new PersonAction(ended, $"asked for release: {status.Message[Released.Length..]}", null);
        }
    }

    /// <summary>The status of a hold that a person has released.</summary>
    public static OrderStatus Release(PowerOrder hold, string reason, Instant now) =>
        hold.Status with
        {
            Phase = OrderPhase.Done,
            Message = Released + reason,
            EndedAt = now,
        };

    private const string Released = "released: ";

    private static bool IsRelease(OrderStatus status) => status.Message.StartsWith(Released, StringComparison.Ordinal);

    /// <summary>
    /// Of one second an end is written before what counts: once both have a status, a successor that finds neither over
    /// could not tell which came later.
    /// </summary>
    private bool EndsUnwritten(PowerOrder order, Instant second) =>
        order.At == second && !order.Status.IsOver && _results.GetValueOrDefault(order.Uid)?.IsOver == true;

    private bool MayTry(PowerOrder order, Instant now) =>
        !_failed.TryGetValue(order.Uid, out var at) || now < at || now - at >= AfterFailure;

    private void Note(PowerOrder order, WriteResult result, Instant now)
    {
        // After a conflict the watch brings what somebody else has written, and the next turn looks at that.
        if (result.Outcome is WriteOutcome.Done or WriteOutcome.Gone or WriteOutcome.Conflict)
        {
            _failed.Remove(order.Uid);
            return;
        }
        _failed[order.Uid] = now;
        Trouble = $"the status of PowerOrder {order.Name} could not be written: {result.Detail}";
    }
}
