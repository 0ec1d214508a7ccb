/** Of bars by time: told apart by strength, too, as not everybody sees red and green apart. */
export const barsStyle = `
.bars { display: block; width: 100%; height: auto; }
.bars .good { fill: #34a36a; } .bars .bad { fill: #a01717; }
.bars .none { fill: #b9bec7; } .bars .excluded { fill: #7d8fd6; }
.bars .over { fill: transparent; }
@media (prefers-color-scheme: dark) {
  .bars .good { fill: #2f9e62; } .bars .bad { fill: #ff8f8f; }
  .bars .none { fill: #4a505b; } .bars .excluded { fill: #6577c4; }
}
`;
