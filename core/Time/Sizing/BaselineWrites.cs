using System.Text.Json.Nodes;
using Ebb.Core.Time.Specs;

namespace Ebb.Core.Time.Sizing;

/// <summary>The writes that store what an object was, and those that remove it again: one step at a time.</summary>
internal static class BaselineWrites
{
    /// <summary>The next step until a holder that stays keeps it; null: one does.</summary>
    public static ScheduleWrite? Keep(TargetInput input, ScheduleBaseline kept)
    {
        var staying = input.Holders.Where(holder => !holder.Deleting).ToList();
        if (staying.Any(holder => ScheduleBaseline.Of(holder) == kept))
            return null;
        var keeper =
            staying.FirstOrDefault(holder => ScheduleBaseline.Of(holder)?.Uid == kept.Uid)
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
                        ["annotations"] = new JsonObject
                        {
                            [ScheduleBaseline.Annotation] = kept.Write().ToJsonString(),
                        },
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

    /// <summary>
    /// The next step until nobody keeps anything any more, or, while it is still needed, nobody who must go; null:
    /// none.
    /// </summary>
    public static ScheduleWrite? Tidy(TargetInput input, bool needed)
    {
        var stays = input.Holders.Any(holder => !holder.Deleting && ScheduleBaseline.Of(holder) is not null);
        foreach (var holder in input.Holders)
        {
            if (needed && !(holder.Deleting && stays))
                continue;
            if (Drop(holder) is { } step)
                return step;
        }

        return null;
    }

    /// <summary>The next step until this holder keeps nothing and may go.</summary>
    public static ScheduleWrite? Drop(ObjectView holder)
    {
        if (holder.Ref.Kind == ScheduleTarget.Hpa)
            return holder.Annotations.ContainsKey(ScheduleBaseline.Annotation) && !holder.Deleting
                ? Merge(
                    holder,
                    "nothing kept",
                    new JsonObject
                    {
                        ["metadata"] = new JsonObject
                        {
                            ["annotations"] = new JsonObject { [ScheduleBaseline.Annotation] = null },
                        },
                    }
                )
                : null;
        if (ScheduleBaseline.Of(holder) is not null && !holder.Deleting)
            return Merge(
                holder,
                "nothing kept",
                new JsonObject { ["status"] = new JsonObject { ["baseline"] = null } },
                "status"
            );
        return holder.Finalizers.Contains(ScheduleBaseline.Finalizer)
            ? Finalizers(holder, [.. holder.Finalizers.Where(one => one != ScheduleBaseline.Finalizer)])
            : null;
    }

    /// <summary>
    /// Keeps an object, though deleted, until what was emptied for it is filled again; null: it is held, or goes
    /// already.
    /// </summary>
    public static ScheduleWrite? Hold(ObjectView it) =>
        it.Deleting || it.Finalizers.Contains(ScheduleBaseline.Finalizer)
            ? null
            : Finalizers(it, [.. it.Finalizers, ScheduleBaseline.Finalizer]);

    private static ScheduleWrite.Merge Finalizers(ObjectView holder, string[] finalizers) =>
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

    private static ScheduleWrite.Merge Merge(
        ObjectView holder,
        string what,
        JsonObject patch,
        string? subresource = null
    ) => new(holder.Ref, what, holder.Uid, holder.ResourceVersion, patch, subresource);
}
