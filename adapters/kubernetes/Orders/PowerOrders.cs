using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Core.Conditions;
using Ebb.Core.Ports;
using Ebb.Core.Power;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;
using NodaTime;

namespace Ebb.Kubernetes.Orders;

/// <summary>The PowerOrders of one namespace. Safe from several threads.</summary>
internal sealed class PowerOrders(KubernetesApi api, string @namespace, Informer<PowerOrderObject> watch) : IPowerOrders
{
    private static readonly ResourceType Type = Kinds.PowerOrders.Type;
    private (long Version, IReadOnlyList<PowerOrder> Orders)? _known;

    /// <summary>As the watch has read them; null: not yet. The same list as long as none changes.</summary>
    public IReadOnlyList<PowerOrder>? Known
    {
        get
        {
            if (!watch.Synced)
                return null;
            var version = watch.Version;
            if (_known is not { } known || known.Version != version)
                _known = known = (version, Views(watch.Items));
            return known.Orders;
        }
    }

    public async Task<(string Name, WriteResult Result)> CreateAsync(
        OrderAction action,
        string reason,
        Instant? until,
        string? by,
        CancellationToken cancellationToken
    )
    {
        // Names sort as the orders came. The random part makes a second try of this call known.
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"{api.Time.GetUtcNow().ToString(CopiedOrder.NameFormat, CultureInfo.InvariantCulture)}-{Word(action)}-{Guid.NewGuid().ToString("N")[..8]}"
        );
        var spec = new JsonObject { ["action"] = Word(action), ["reason"] = reason };
        if (until is { } end)
            spec["until"] = KubernetesTime.Format(end);
        if (by is not null)
            spec["by"] = by;
        var body = new JsonObject
        {
            ["apiVersion"] = Type.ApiVersion,
            ["kind"] = Type.Kind,
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = @namespace },
            ["spec"] = spec,
        };
        var result = await WriteAnswer
            .OfAsync(async () =>
            {
                try
                {
                    await api.CreateAsync(Type, @namespace, body, cancellationToken).ConfigureAwait(false);
                }
                catch (KubernetesException fault) when (fault is { Code: 409, Reason: "AlreadyExists" })
                {
                    // An earlier try of this call succeeded although its answer was lost.
                }
                return WriteResult.Done;
            })
            .ConfigureAwait(false);
        return (name, result);
    }

    public async Task<(IReadOnlyList<PowerOrder>? Orders, WriteResult Result)> ReadAsync(
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<PowerOrder>? orders = null;
        var result = await WriteAnswer
            .OfAsync(async () =>
            {
                var list = await api.ListAsync(Kinds.PowerOrders, @namespace, null, cancellationToken)
                    .ConfigureAwait(false);
                orders = Views(list.Items ?? []);
                return WriteResult.Done;
            })
            .ConfigureAwait(false);
        return (orders, result);
    }

    public Task<WriteResult> SetStatusAsync(
        PowerOrder order,
        OrderStatus status,
        CancellationToken cancellationToken
    ) =>
        WriteAnswer.OfAsync(async () =>
        {
            watch.TryFind(@namespace, order.Name, out var shown);
            var patch = new JsonObject
            {
                ["metadata"] = new JsonObject { ["uid"] = order.Uid, ["resourceVersion"] = order.Version },
                ["status"] = new JsonObject
                {
                    ["phase"] = status.Phase.ToString(),
                    ["message"] = status.Message,
                    ["turnedAt"] = status.TurnedAt is { } turned ? KubernetesTime.Format(turned) : null,
                    ["endedAt"] = status.EndedAt is { } ended ? KubernetesTime.Format(ended) : null,
                    ["conditions"] = ConditionList.Write(
                        shown?.Status?.Conditions,
                        status.Conditions,
                        Instant.FromDateTimeOffset(api.Time.GetUtcNow()),
                        shown?.Metadata.Generation ?? 1
                    ),
                },
            };
            var answer = await api.PatchAsync(Type, @namespace, order.Name, "status", patch, cancellationToken)
                .ConfigureAwait(false);
            watch.Apply(answer.Read(Kinds.PowerOrders.Item));
            return WriteResult.Done;
        });

    public Task<WriteResult> DeleteAsync(PowerOrder order, CancellationToken cancellationToken) =>
        WriteAnswer.OfAsync(async () =>
        {
            await api.DeleteAsync(Type, @namespace, order.Name, null, cancellationToken).ConfigureAwait(false);
            return WriteResult.Done;
        });

    private IReadOnlyList<PowerOrder> Views(IEnumerable<PowerOrderObject> items) =>
        [.. items.Where(item => item.Metadata.DeletionTimestamp is null).Select(View).OfType<PowerOrder>()];

    /// <summary>Null: an action that is not known, which the definition's schema refuses.</summary>
    private PowerOrder? View(PowerOrderObject item) =>
        Enum.TryParse<OrderAction>(item.Spec?.Action, true, out var action) && Enum.IsDefined(action)
            ? new PowerOrder(
                item.Metadata.Name,
                item.Metadata.Uid,
                item.Metadata.ResourceVersion,
                action,
                item.Metadata.CreationTimestamp ?? NodaConstants.UnixEpoch,
                item.Spec.Reason ?? "",
                item.Spec.Until?.At,
                item.Spec.By,
                Status(item.Status)
            )
            {
                Fault = item.Spec.Until?.Fault("spec.until") ?? Copied(item),
            }
            : null;

    private string? Copied(PowerOrderObject item) =>
        item is { Metadata: { CreationTimestamp: { } at } meta } && Status(item.Status) == OrderStatus.Pending
            ? CopiedOrder.Fault(
                meta.Name,
                at,
                meta.Labels.ContainsKey(CopiedOrder.RestoredLabel),
                Instant.FromDateTimeOffset(api.Time.GetUtcNow())
            )
            : null;

    private static OrderStatus Status(PowerOrderStatus? status) =>
        status is not null && Enum.TryParse<OrderPhase>(status.Phase, out var phase)
            ? new OrderStatus(phase, status.Message ?? "", status.TurnedAt, status.EndedAt)
            : OrderStatus.Pending;

    private static string Word(OrderAction action) =>
        action switch
        {
            OrderAction.Drill => "drill",
            OrderAction.Shutdown => "shutdown",
            OrderAction.Restore => "restore",
            OrderAction.Hold => "hold",
            _ => throw new ArgumentOutOfRangeException(nameof(action), action, "unexpected value"),
        };
}
