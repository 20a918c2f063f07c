// @ts-check
/** Indices of the body's points among a frame's keypoints, from the station's greeting. */

/** @typedef {import("./wire.d.ts").Hello} Hello */
/** @typedef {import("./wire.d.ts").Side} Side */
/** @typedef {import("./wire.d.ts").SidePoints} SidePoints */

/** The index of a keypoint that the pose model lacks: no frame has it. */
const ABSENT = -1;

/** Indices of hip, knee, ankle, heel and toe. @type {Record<Side, number[]>} */
export const LEGS = { left: [], right: [] };
/** @type {Record<Side, number>} */
export const SHOULDERS = { left: ABSENT, right: ABSENT };
/** Indices of shoulder, elbow and wrist, where the pose model has them. @type {Record<Side, number[]>} */
export const ARMS = { left: [], right: [] };

/** Use the keypoint order of this greeting from now on. @param {Hello} hello */
export function useSkeleton(hello) {
  for (const side of /** @type {Side[]} */ (["left", "right"])) {
    const { shoulder, hip, knee, ankle, heel, toe } = hello[side];
    LEGS[side] = [hip, knee, ankle, heel, toe].map((index) => index ?? ABSENT);
    SHOULDERS[side] = shoulder ?? ABSENT;
    const arm = ["elbow", "wrist"].map((name) => hello.keypoints.indexOf(`${side}_${name}`));
    ARMS[side] = [SHOULDERS[side], ...arm].filter((index) => index !== ABSENT);
  }
}
