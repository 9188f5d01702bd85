using System.Text.Json.Nodes;
using Ebb.Core.Workloads;

namespace Ebb.Core.Time.Sizing;

/// <summary>
/// One change that a schedule asks for. It carries what it expects; when the object has changed since, it is decided
/// again.
/// </summary>
/// <param name="On">The object.</param>
/// <param name="What">What it does, for messages, such as <c>minReplicas to 3</c>.</param>
public abstract record ScheduleWrite(ObjectRef On, string What)
{
    /// <summary>Makes an object.</summary>
    /// <param name="On">The object.</param>
    /// <param name="What">For messages.</param>
    /// <param name="Body">The whole of it.</param>
    public sealed record Create(ObjectRef On, string What, JsonObject Body) : ScheduleWrite(On, What);

    /// <summary>Merges members into an object (RFC 7386); those not named stay.</summary>
    /// <param name="On">The object.</param>
    /// <param name="What">For messages.</param>
    /// <param name="Uid">Expected UID.</param>
    /// <param name="ResourceVersion">Expected version.</param>
    /// <param name="Patch">The members.</param>
    /// <param name="Subresource"><c>status</c>, or null for the object itself.</param>
    public sealed record Merge(
        ObjectRef On,
        string What,
        string Uid,
        string ResourceVersion,
        JsonObject Patch,
        string? Subresource = null
    ) : ScheduleWrite(On, What);

    /// <summary>Stores what an object was, or notes from which size its workload was emptied.</summary>
    /// <param name="On">The object.</param>
    /// <param name="Before">What it was.</param>
    /// <param name="Notes">What is noted beside.</param>
    /// <param name="Stored">What is stored of that already; null: nothing.</param>
    public sealed record Keep(ObjectRef On, Baseline Before, BaselineNotes Notes, StoredBaseline? Stored)
        : ScheduleWrite(On, "what it was")
    {
        /// <summary>Where it is stored.</summary>
        public BaselineKey Key => ScheduleBaseline.Key(On);

        internal static Keep Of(ObjectRef on, ScheduleBaseline before, StoredBaseline? stored) =>
            new(on, before.ToBaseline(on), before.NotesOf(on), stored);
    }

    /// <summary>A change of a workload, as power and overrides make it.</summary>
    /// <param name="To">The change.</param>
    /// <param name="What">For messages.</param>
    public sealed record Change(Write To, string What) : ScheduleWrite(To.On, What);

    /// <summary>Deletes what is stored of an object.</summary>
    /// <param name="On">The object.</param>
    /// <param name="Key">Where it is stored.</param>
    public sealed record Release(ObjectRef On, BaselineKey Key) : ScheduleWrite(On, "nothing kept");

    /// <summary>Adds an owner behind those that are there.</summary>
    /// <param name="On">The object.</param>
    /// <param name="What">For messages.</param>
    /// <param name="ResourceVersion">Expected version.</param>
    /// <param name="Owner">The reference.</param>
    /// <param name="First">There is no owner yet.</param>
    public sealed record AddOwner(ObjectRef On, string What, string ResourceVersion, JsonObject Owner, bool First)
        : ScheduleWrite(On, What);

    /// <summary>Deletes an object.</summary>
    /// <param name="On">The object.</param>
    /// <param name="What">For messages.</param>
    /// <param name="ResourceVersion">Expected version.</param>
    public sealed record Delete(ObjectRef On, string What, string ResourceVersion) : ScheduleWrite(On, What);

    /// <summary>
    /// What the object is asked to be, as text; the same text twice means that somebody undid it. Null for what nobody
    /// else has a say in.
    /// </summary>
    public string? Statement { get; init; }

    /// <summary>Nothing more is decided about this object before the watch has shown what came of it.</summary>
    public bool EndsTurn => this is Create or Delete;

    /// <summary>The Event to record when it is done; null: none.</summary>
    public EventNote? Note { get; init; }
}

/// <summary>An Event that goes with a write.</summary>
/// <param name="On">What it is about.</param>
/// <param name="Reason">One word in UpperCamelCase.</param>
/// <param name="Action">One word in UpperCamelCase.</param>
/// <param name="Text">One sentence.</param>
/// <param name="Controller">Who reports; null: Ebb.</param>
public sealed record EventNote(ObjectView On, string Reason, string Action, string Text, string? Controller = null);
