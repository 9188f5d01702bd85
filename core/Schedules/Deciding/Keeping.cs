using System.Text.Json.Nodes;

namespace Ebb.Core.Schedules;

/// <summary>Writing down what an object was, and crossing it out again: one step at a time.</summary>
internal static class Keeping
{
    /// <summary>The next step until a holder that stays keeps it; null: one does.</summary>
    public static ScheduleWrite? Keep(TargetSituation situation, KeptSize kept)
    {
        var staying = situation.Holders.Where(holder => !holder.Deleting).ToList();
        if (staying.Any(holder => KeptSize.Of(holder) == kept))
            return null;
        var keeper =
            staying.FirstOrDefault(holder => KeptSize.Of(holder)?.Uid == kept.Uid)
            ?? staying.OrderBy(holder => holder.Ref.Kind == ScheduleTarget.Hpa).FirstOrDefault();
        if (keeper is null)
            return null;
        if (keeper.Ref.Kind == ScheduleTarget.Hpa)
            return Merge(
                keeper,
                "what the HPA was",
                new JsonObject
                {
                    ["metadata"] = new JsonObject
                    {
                        ["annotations"] = new JsonObject { [KeptSize.Annotation] = kept.Write().ToJsonString() },
                    },
                }
            );
        if (Hold(keeper) is { } hold)
            return hold;
        return Merge(
            keeper,
            "what it was",
            new JsonObject { ["status"] = new JsonObject { ["baseline"] = kept.Write() } },
            "status"
        ) with
        {
            KeepsBaseline = true,
        };
    }

    /// <summary>The next step until nobody keeps anything any more, or, while it is still needed, nobody who must go; null: none.</summary>
    public static ScheduleWrite? Tidy(TargetSituation situation, bool needed)
    {
        var stays = situation.Holders.Any(holder => !holder.Deleting && KeptSize.Of(holder) is not null);
        foreach (var holder in situation.Holders)
        {
            if (needed && !(holder.Deleting && stays))
                continue;
            if (Drop(holder) is { } step)
                return step;
        }

        return null;
    }

    /// <summary>The next step until this holder keeps nothing and may go.</summary>
    public static ScheduleWrite? Drop(Seen holder)
    {
        if (holder.Ref.Kind == ScheduleTarget.Hpa)
            return holder.Annotations.ContainsKey(KeptSize.Annotation) && !holder.Deleting
                ? Merge(
                    holder,
                    "nothing kept",
                    new JsonObject
                    {
                        ["metadata"] = new JsonObject
                        {
                            ["annotations"] = new JsonObject { [KeptSize.Annotation] = null },
                        },
                    }
                )
                : null;
        if (KeptSize.Of(holder) is not null && !holder.Deleting)
            return Merge(
                holder,
                "nothing kept",
                new JsonObject { ["status"] = new JsonObject { ["baseline"] = null } },
                "status"
            );
        return holder.Finalizers.Contains(KeptSize.Finalizer)
            ? Finalizers(holder, [.. holder.Finalizers.Where(one => one != KeptSize.Finalizer)])
            : null;
    }

    /// <summary>Keeps an object, though deleted, until what was emptied for it is filled again; null: it is held, or goes already.</summary>
    public static ScheduleWrite? Hold(Seen it) =>
        it.Deleting || it.Finalizers.Contains(KeptSize.Finalizer)
            ? null
            : Finalizers(it, [.. it.Finalizers, KeptSize.Finalizer]);

    private static ScheduleWrite.Merge Finalizers(Seen holder, string[] finalizers) =>
        Merge(
            holder,
            "its finalizer",
            new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["finalizers"] = new JsonArray([.. finalizers.Select(one => (JsonNode)one)]),
                },
            }
        );

    private static ScheduleWrite.Merge Merge(Seen holder, string what, JsonObject patch, string? subresource = null) =>
        new(holder.Ref, what, holder.Uid, holder.ResourceVersion, patch, subresource);
}
